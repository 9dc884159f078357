from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from counsel.common.widgets import DateInput
from counsel.desk.practice.spans import Span, last_weeks, last_year

OWN, YEAR = "own", "12m"
CHOICES = (
    ("4w", gettext_lazy("4 weeks")),
    ("12w", gettext_lazy("12 weeks")),
    (YEAR, gettext_lazy("12 months")),
)
EARLIEST = date(2000, 1, 1)
LONGEST_DAYS = 2 * 366


class SpanForm(forms.Form):
    """Which days the numbers are about: one of the choices, or a first and a last day."""

    span = forms.ChoiceField(
        required=False,
        choices=[*CHOICES, (OWN, "")],
        widget=forms.HiddenInput,
        error_messages={"invalid_choice": gettext_lazy("Choose one of the spans.")},
    )
    first = forms.DateField(label=gettext_lazy("From"), required=False, widget=DateInput)
    last = forms.DateField(label=gettext_lazy("Until"), required=False, widget=DateInput)

    def __init__(self, data: Any, *, today: date) -> None:
        super().__init__(data)
        self.today = today

    def clean_first(self) -> date | None:
        return self._day("first")

    def clean_last(self) -> date | None:
        return self._day("last")

    def clean(self) -> dict[str, Any]:
        first, last = self.cleaned_data.get("first"), self.cleaned_data.get("last")
        if first and last and last < first:
            self.add_error("last", _("This day is before the first one."))
        elif first and last and Span(first, last).days > LONGEST_DAYS:
            self.add_error("first", _("Choose two years at most."))
        return self.cleaned_data

    def chosen(self) -> str:
        return self.cleaned_data["span"] or CHOICES[0][0]

    def days(self) -> Span:
        chosen = self.chosen()
        if chosen == OWN:
            return Span(self.cleaned_data["first"], self.cleaned_data["last"])
        if chosen == YEAR:
            return last_year(self.today)
        return last_weeks(int(chosen.removesuffix("w")), self.today)

    def _day(self, name: str) -> date | None:
        """Asked for only where the days are chosen by hand; otherwise whatever it says is none."""
        day: date | None = self.cleaned_data[name]
        if self.cleaned_data.get("span") != OWN:
            return None
        if day is None:
            raise ValidationError(_("Choose a day."))
        if not EARLIEST <= day <= self.today:
            raise ValidationError(_("Choose a day from 2000 on, up to today."))
        return day
