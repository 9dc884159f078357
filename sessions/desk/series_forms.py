"""What is asked before the dates of a series are laid out."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from counsel.common.widgets import DateInput, TimeInput
from sessions.desk.clocks import plausible_day
from sessions.desk.for_whom import ForWhomForm
from sessions.models import LONGEST_SERIES, Series, Weekday
from sessions.series.asked import Asked


class OverlapForm(forms.Form):
    overlap_reason = forms.CharField(
        label=_("Why some may overlap"),
        help_text=_("Only where you chose so. It is kept with those consultations."),
        max_length=200,
        required=False,
    )


class SeriesForm(OverlapForm, ForWhomForm):
    rhythm = forms.ChoiceField(label=_("How often"), choices=Series.Rhythm)
    first_day = forms.DateField(label=_("First day"), widget=DateInput)
    at = forms.TimeField(label=_("Time"), widget=TimeInput)
    count = forms.IntegerField(
        label=_("How many"), min_value=2, max_value=LONGEST_SERIES, required=False
    )
    last_day = forms.DateField(
        label=_("Or until"),
        help_text=_("That day included."),
        widget=DateInput,
        required=False,
    )

    def clean_first_day(self) -> date:
        return plausible_day(self.cleaned_data["first_day"])

    def clean_last_day(self) -> date | None:
        day: date | None = self.cleaned_data["last_day"]
        return day and plausible_day(day)

    def clean(self) -> dict[str, Any]:
        ends = {"count", "last_day"}
        given = [name for name in ends if self.cleaned_data.get(name) is not None]
        if len(given) != 1 and not ends & self.errors.keys():
            self.add_error("count", _("Say how many, or until which day: one of the two."))
        return self.cleaned_data

    def asked(self) -> Asked:
        names = ("client", "service", "rhythm", "first_day", "at", "count", "last_day")
        return Asked(**{name: self.cleaned_data[name] for name in names})


SCOPES = {
    "one": _("this one alone"),
    "following": _("this one and the following"),
    "all": _("all that are still to come"),
}


class ScopeForm(forms.Form):
    scope = forms.ChoiceField(
        label=_("Which"), choices=[*SCOPES.items()], widget=forms.RadioSelect, initial="following"
    )


class MoveForm(ScopeForm, OverlapForm):
    weekday = forms.TypedChoiceField(
        label=_("Weekday"),
        help_text=_("Each stays in its week; in a monthly series, in its month."),
        choices=Weekday,
        coerce=int,
    )
    at = forms.TimeField(label=_("Time"), widget=TimeInput)

    field_order = ("scope", "weekday", "at")
