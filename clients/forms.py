from __future__ import annotations

from datetime import time
from typing import Any

from django import forms
from django.conf import settings
from django.utils.formats import time_format
from django.utils.translation import gettext_lazy as _

from clients.models import Client, Sharing
from clients.services import ClientSettings
from counsel.accounts.models import validate_zone
from counsel.common.widgets import ZoneSelect


class ZoneForm(forms.Form):
    """The clock somebody lives by; the browser's own is chosen for them to begin with."""

    time_zone = forms.CharField(
        label=_("Your time zone"),
        help_text=_("Appointments and reminders are shown by this clock."),
        max_length=64,
        validators=[validate_zone],
        widget=ZoneSelect,
    )

    def __init__(self, *args: Any, current_zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time_zone"].initial = current_zone
        # The browser guesses only while nobody has chosen.
        mark = "data-zone-chosen" if self.data.get("time_zone") else "data-zone-guess"
        self.fields["time_zone"].widget.attrs[mark] = ""


def hour_choices() -> list[tuple[str, str]]:
    hours = [(str(hour), time_format(time(hour), "H:i")) for hour in range(24)]
    return [("", str(_("Don't remind me"))), *hours]


class SettingsForm(forms.ModelForm):  # type: ignore[type-arg]
    name = forms.CharField(
        label=_("What we call you"),
        max_length=120,
        error_messages={"required": _("Please write a name. Any name is fine.")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    reminder_hour = forms.TypedChoiceField(
        label=_("Remind me of my practice"),
        help_text=_(
            "At most one short message a day: something to practise, something new, or words from "
            "your counsellor."
        ),
        choices=hour_choices,
        required=False,
        coerce=int,
        empty_value=None,
    )
    emergency_contact = forms.CharField(
        label=_("Somebody to call for you in an emergency"),
        help_text=_(
            "A name and a number. Your counsellor reads it, and whoever has to open your record in "
            "an emergency; you would see who did."
        ),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    class Meta:
        model = Client
        fields = (
            "name",
            "pronouns",
            "phone",
            "time_zone",
            "language",
            "reminder_hour",
            "default_sharing",
            "shows_private_days",
            "emergency_contact",
        )
        labels = {
            "time_zone": _("Your time zone"),
            "phone": _("Phone, to call you"),
            "shows_private_days": _("My counsellor may see on which days I practised"),
        }
        help_texts = {
            "shows_private_days": _(
                "Of what you keep to yourself they see the day and nothing else. Without this "
                "tick they do not even see that, for earlier days too. What opens after so many "
                "days then counts only those you share. Nor are they told when reminders stop by "
                "themselves."
            )
        }
        widgets = {
            "time_zone": ZoneSelect,
            "phone": forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
            "default_sharing": forms.RadioSelect(choices=Sharing.choices),
        }

    def decided(self) -> ClientSettings:
        return ClientSettings(**self.cleaned_data)
