"""A counsellor's public page, and which messages they get themselves."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from counsel.accounts.models import Counsellor
from counsel.accounts.practice_form import hour_choices
from counsel.common.widgets import ZoneSelect


class CounsellorForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Counsellor
        fields = (
            *("user", "slug", "display_name", "headline", "about", "time_zone"),
            *("accepts_new_clients", "morning_hour", "change_news", "late_hours"),
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
