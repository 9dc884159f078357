"""The page on which a programme is written, as forms: one above, and one for each exercise.

The page is whole in what it posts: adding, moving and taking out only arrange that anew, so
nothing that was typed is lost, right or not.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, TypeAlias, cast

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from counsel.common.widgets import DateInput
from exercises.models import Exercise, ExerciseVersion, ProgrammeItem, Rhythm
from exercises.models.rhythms import NEEDED_BY_RHYTHM
from exercises.releases import Release
from exercises.services.programme_writing import LONGEST_PROGRAMME, NOT_OFFERED, ItemFields
from sessions.desk.clocks import plausible_day
from sessions.models import Weekday

# The newest versions a counsellor may give, by the exercise's id as a form sends it.
Offered: TypeAlias = Mapping[str, ExerciseVersion]

LONGEST = 5_000
COUNT = "count"

# Shorter than the model says it: beside it stands how many days.
OPENS = {
    Release.AT_ONCE: _("on the first day"),
    Release.AFTER_DAYS: _("some days after the first"),
    Release.ON_DATE: _("on a date"),
    Release.AFTER_ONE_BEFORE: _("after the one before"),
}

# What each choice needs said, and how it is asked for.
_NEEDED: dict[str, dict[str, tuple[str, Any]]] = {
    "release": {
        Release.AFTER_DAYS: ("days", _("Say how many days.")),
        Release.AFTER_ONE_BEFORE: ("days", _("Say how many days.")),
        Release.ON_DATE: ("on_date", _("Say on which date.")),
    },
    "rhythm": NEEDED_BY_RHYTHM,
}


class ProgrammeForm(forms.Form):
    title = forms.CharField(
        label=_("Title"),
        help_text=_("Only you see it, and whoever reads the record. Name no client here."),
        max_length=120,
    )
    summary = forms.CharField(
        label=_("What it is for"),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ItemForm(forms.Form):
    """One exercise. What the chosen release and rhythm do not ask for is not looked at."""

    exercise = forms.CharField(widget=forms.HiddenInput)
    release = forms.ChoiceField(label=_("Opens"), choices=[*OPENS.items()])
    days = forms.IntegerField(
        label=_("How many days"),
        help_text=_("After the first day, or on which the one before was practised."),
        min_value=1,
        max_value=366,
        required=False,
    )
    on_date = forms.DateField(
        label=_("Date"),
        help_text=_("Given later than that, it opens on the first day."),
        required=False,
        widget=DateInput,
    )
    rationale = forms.CharField(
        label=_("Why this"),
        help_text=_("The client reads this above the exercise."),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    rhythm = forms.ChoiceField(label=_("Rhythm"), choices=Rhythm)
    times_a_week = forms.IntegerField(
        label=_("Days a week"), min_value=1, max_value=7, required=False
    )
    weekdays = forms.MultipleChoiceField(
        label=_("Weekdays"),
        choices=[(str(number), words) for number, words in Weekday.choices],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    every_weeks = forms.IntegerField(
        label=_("Weeks apart"), min_value=1, max_value=52, required=False
    )
    lasts_days = forms.IntegerField(
        label=_("For so many days"),
        help_text=_("Empty: until you withdraw it or end the programme."),
        min_value=1,
        max_value=366,
        required=False,
    )
    reminders = forms.BooleanField(
        label=_("Remind by e-mail, at the hour the client has chosen"), required=False
    )

    def __init__(self, *args: Any, offered: Offered, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = offered

    def clean_exercise(self) -> Exercise:
        version = self.offered.get(self.cleaned_data["exercise"])
        if version is None:
            raise ValidationError(NOT_OFFERED)
        return version.exercise

    def clean_on_date(self) -> date | None:
        day: date | None = self.cleaned_data["on_date"]
        return day and plausible_day(day)

    def clean_weekdays(self) -> str:
        return "".join(sorted(self.cleaned_data["weekdays"]))

    def clean(self) -> dict[str, Any]:
        for chooser, needs in _NEEDED.items():
            needed, message = needs.get(self.cleaned_data.get(chooser, ""), ("", ""))
            for name in {name for name, _message in needs.values()} - {needed}:
                # Not asked for, and perhaps not even shown.
                self.errors.pop(name, None)
                self.cleaned_data[name] = "" if name == "weekdays" else None
            if needed and not self.cleaned_data.get(needed) and needed not in self.errors:
                self.add_error(needed, message)
        return self.cleaned_data

    def item(self) -> ItemFields:
        return cast("ItemFields", dict(self.cleaned_data))


FIELDS = tuple(ItemForm.base_fields)


def typed_items(data: QueryDict) -> list[dict[str, Any]]:
    """The exercises as they were posted, in order, whatever stands in them."""
    rows = min(_number(data.get(COUNT, "")) or 0, LONGEST_PROGRAMME)
    return [_typed(data, place) for place in range(rows)]


def _typed(data: QueryDict, place: int) -> dict[str, Any]:
    typed: dict[str, Any] = {name: data.get(f"{prefix(place)}-{name}", "") for name in FIELDS}
    typed["weekdays"] = data.getlist(f"{prefix(place)}-weekdays")
    return typed


def posted_anew(items: list[dict[str, Any]]) -> QueryDict:
    """The same, as the page would post them in this order."""
    data = QueryDict(mutable=True)
    for place, item in enumerate(items):
        for name, value in item.items():
            key = f"{prefix(place)}-{name}"
            data.setlist(key, value if isinstance(value, list) else [value])
    return data


def stored_item(item: ProgrammeItem) -> dict[str, Any]:
    """An item as the page would have posted it."""
    typed: dict[str, Any] = {}
    for name in FIELDS:
        value = getattr(item, "exercise_id" if name == "exercise" else name)
        typed[name] = "" if value is None else str(value)
    typed["weekdays"] = list(item.weekdays)
    typed["reminders"] = "on" if item.reminders else ""
    return typed


def new_item(version: ExerciseVersion, *, is_first: bool) -> dict[str, Any]:
    """One just added: mostly the next opens once the one before was practised a few times."""
    given = {
        "exercise": str(version.exercise_id),
        "release": Release.AT_ONCE if is_first else Release.AFTER_ONE_BEFORE,
        "days": "" if is_first else "3",
        "rationale": version.rationale_template,
        "rhythm": Rhythm.DAILY,
        "reminders": "on",
    }
    return {**dict.fromkeys(FIELDS, ""), "weekdays": [], **given}


def arranged(items: list[dict[str, Any]], act: str) -> tuple[list[dict[str, Any]], int | None]:
    """After `up-2`, `down-2` or `remove-2`: the new order, and the place to look at."""
    word, _dash, number = act.partition("-")
    place = _number(number)
    if place is None or place >= len(items):
        return items, None
    rest = items[:place] + items[place + 1 :]
    if word == "remove":
        return rest, min(place, len(rest) - 1) if rest else None
    to = max(place - 1, 0) if word == "up" else min(place + 1, len(rest))
    return [*rest[:to], items[place], *rest[to:]], to


def prefix(place: int) -> str:
    return f"item{place}"


def _number(text: str) -> int | None:
    """A number a page of ours may have sent; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else None
