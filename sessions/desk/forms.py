"""The counsellor's forms: a time by their own clock, clock changes said in words."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from counsel.common.widgets import DateInput, TimeInput
from sessions.desk.clocks import ClockForm, plausible_day, which_field
from sessions.desk.for_whom import ForWhomForm


class WhenForm(ClockForm):
    """A day and a time. Valid, `cleaned_data["starts_at"]` is the instant, in UTC."""

    day = forms.DateField(label=_("Day"), widget=DateInput)
    at = forms.TimeField(label=_("Time"), widget=TimeInput)
    which = which_field()
    overlap_reason = forms.CharField(
        label=_("Why it may overlap another one"),
        help_text=_("Only where it does. It is kept with the consultation."),
        max_length=200,
        required=False,
    )

    @property
    def is_ambiguous(self) -> bool:
        """Whether the clock shows this time twice, so that the page has to ask which."""
        return bool(self.asked)

    def clean_day(self) -> date:
        return plausible_day(self.cleaned_data["day"])

    def clean(self) -> dict[str, Any]:
        if {"day", "at"} <= self.cleaned_data.keys():
            day, at = self.cleaned_data["day"], self.cleaned_data["at"]
            self.cleaned_data["starts_at"] = self.instant(day, at, field="at", which="which")
        return self.cleaned_data


class WordsForm(forms.Form):
    """A few words to the client, with a change. The mail only leads to them."""

    words = forms.CharField(
        label=_("Words to the client"),
        help_text=_(
            "Only if you like. The e-mail does not hold them, it leads to their page: "
            "whoever opens its link can read them."
        ),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        required=False,
    )


class BookForm(WhenForm, ForWhomForm):
    field_order = ("client", "service", "day", "at", "which", "overlap_reason")


def local_initial(starts_at: datetime, zone: ZoneInfo) -> dict[str, Any]:
    shown = starts_at.astimezone(zone)
    return {
        "day": shown.date(),
        "at": shown.time(),
        "which": f"{starts_at.astimezone(UTC):%Y%m%dT%H%MZ}",
    }
