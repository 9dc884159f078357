"""A counsellor's public page, and which messages they get themselves."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from counsel.accounts.models import Counsellor
from counsel.accounts.practice_form import hour_choices
from counsel.accounts.selectors import colleagues_of
from counsel.common.widgets import ZoneSelect


class ColleagueField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Shows, and accepts, only those who work here now."""

    def label_from_instance(self, obj: Counsellor) -> str:
        return obj.display_name


class CounsellorForm(forms.ModelForm):  # type: ignore[type-arg]
    # Its choices are colleagues, whose own pages the reader has no business with.
    stand_in = ColleagueField(
        queryset=Counsellor.objects.none(),
        required=False,
        label=_("Who looks in your place"),
        empty_label=_("whoever runs the practice"),
        help_text=_(
            "A flag that stays open too long is told to them as well, by a mail that names nobody "
            "and says nothing of it. They open nothing of yours by this: they ask you, or see "
            "that somebody does. Choose somebody who knows."
        ),
    )

    class Meta:
        model = Counsellor
        fields = (
            *("user", "slug", "display_name", "headline", "about", "time_zone"),
            *("accepts_new_clients", "morning_hour", "change_news", "late_hours"),
            "stand_in",
        )
        labels = {
            "morning_hour": _("List of the day"),
            "change_news": _("When clients book, move or cancel"),
            "late_hours": _("Late means"),
        }
        help_texts = {
            "morning_hour": _(
                "A mail at this hour, by your clock, on days with consultations or with something "
                "that waits for you. It counts, and names nobody."
            ),
            "change_news": _(
                "Late changes only: earlier ones stand in the list of the day, and on the desk. "
                "Requests that wait for your answer are told in any case, unless you choose none."
            ),
            "late_hours": _("Hours before the start, of the old time or the new one."),
        }
        widgets = {
            "time_zone": ZoneSelect,
            "morning_hour": forms.Select(choices=[("", _("none")), *hour_choices()]),
            "change_news": forms.RadioSelect,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "stand_in" in self.fields:
            choices = colleagues_of(self.instance)
            self.fields["stand_in"].queryset = choices  # type: ignore[attr-defined]
