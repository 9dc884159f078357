"""How an exercise is given: the reason, the rhythm, the dates. The same form changes it later."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from counsel.common.widgets import DateInput
from exercises.models import Assignment, Exercise, ExerciseVersion, Rhythm
from exercises.models.rhythms import NEEDED_BY_RHYTHM
from exercises.wording import RhythmFacts, asked_words
from sessions.desk.clocks import plausible_day
from sessions.models import Weekday

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

LONGEST = 5_000
TOO_EARLY = _("Choose today or a later day.")


class RhythmForm(forms.Form):
    """When it is asked for. What the chosen rhythm does not need is not looked at."""

    earliest: date | None = None

    rhythm = forms.ChoiceField(label=_("Rhythm"), choices=Rhythm.choices, initial=Rhythm.DAILY)
    times_a_week = forms.IntegerField(
        label=_("Days a week"),
        help_text=_("For “some days a week”."),
        min_value=1,
        max_value=7,
        required=False,
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Weekdays"),
        help_text=_("For “on chosen weekdays”."),
        choices=Weekday.choices,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    every_weeks = forms.IntegerField(
        label=_("Weeks apart"),
        help_text=_("For “every so many weeks”."),
        min_value=1,
        max_value=52,
        required=False,
    )
    starts_on = forms.DateField(label=_("First day"), required=False, widget=DateInput)
    ends_on = forms.DateField(
        label=_("Last day"),
        help_text=_("Empty: until you withdraw it."),
        required=False,
        widget=DateInput,
    )

    def clean_starts_on(self) -> date | None:
        day: date | None = self.cleaned_data["starts_on"]
        return day and plausible_day(day)

    def clean_ends_on(self) -> date | None:
        day: date | None = self.cleaned_data["ends_on"]
        return day and plausible_day(day)

    def clean(self) -> dict[str, Any]:
        # The tables refuse the same; said here, it stands beside the field.
        data = super().clean() or {}
        needed, message = NEEDED_BY_RHYTHM.get(data.get("rhythm", ""), ("", ""))
        for name, _message in NEEDED_BY_RHYTHM.values():
            if name != needed:
                self.errors.pop(name, None)
                data[name] = [] if name == "weekdays" else None
        if needed and not data.get(needed):
            self._beside(needed, message)
        first, last = data.get("starts_on") or self.earliest, data.get("ends_on")
        if first and last and last < first:
            self._beside("ends_on", _("The last day must not be before the first."))
        return data

    def asked(self) -> str:
        """What a client will be asked, in a sentence; empty while something is missing."""
        names = ("rhythm", "times_a_week", "weekdays", "every_weeks", "starts_on", "ends_on")
        if self.is_bound and any(name in self.errors for name in names):
            return ""
        data = self.cleaned_data if self.is_bound else self.initial
        rhythm = RhythmFacts(
            rhythm=data.get("rhythm") or Rhythm.DAILY,
            times_a_week=data.get("times_a_week"),
            weekdays="".join(str(day) for day in sorted(data.get("weekdays") or ())),
            every_weeks=data.get("every_weeks"),
        )
        # What has begun long ago is asked so from today on.
        first = None if self["starts_on"].is_hidden else data.get("starts_on")
        return asked_words(rhythm, first, data.get("ends_on"))

    def _beside(self, field: str, message: StrOrPromise) -> None:
        if field not in self.errors:
            self.add_error(field, ValidationError(message))


class AssignForm(RhythmForm):
    """`earliest` is the first day that may be chosen; with `each_today` it may be left empty."""

    rationale = forms.CharField(
        label=_("Why this, why now"),
        help_text=_("The client reads this above the exercise. Say it in your own words."),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    smaller = forms.BooleanField(
        label=_("In its smaller form, to begin with"),
        help_text=_("For a hard time, or a first try. You can give it whole later."),
        required=False,
    )
    shows_scores = forms.BooleanField(
        label=_("The client sees what the answers add up to"),
        help_text=_("Numbers and how they went. Never what they would mean."),
        required=False,
    )
    reminders = forms.BooleanField(
        label=_("Remind by e-mail, at the hour the client has chosen"),
        help_text=_("That there is something new is said once in any case, without saying what."),
        required=False,
        initial=True,
    )

    def __init__(
        self,
        data: Any,
        *,
        version: ExerciseVersion,
        earliest: date,
        each_today: bool = False,
        initial: dict[str, Any] | None = None,
    ) -> None:
        first_time = {
            "rationale": version.rationale_template,
            "starts_on": None if each_today else earliest,
        }
        super().__init__(data, initial=first_time if initial is None else initial)
        self.version, self.earliest = version, earliest
        self.fields["starts_on"].required = not each_today
        if each_today:
            self.fields["starts_on"].help_text = _("Empty: today, by each client's own calendar.")
        if not version.has_smaller:
            del self.fields["smaller"]
        if version.exercise.kind != Exercise.Kind.MEASURE:
            del self.fields["shows_scores"]

    def clean_starts_on(self) -> date | None:
        day = super().clean_starts_on()
        if day is not None and self.earliest is not None and day < self.earliest:
            raise ValidationError(TOO_EARLY)
        return day


class ChangeForm(AssignForm):
    """The same for one that was given before. Once it has begun, its first day stays."""

    def __init__(self, data: Any, *, assignment: Assignment, today: date) -> None:
        given = {name: getattr(assignment, name) for name in self.base_fields}
        super().__init__(
            data,
            version=assignment.version,
            earliest=min(today, assignment.starts_on),
            initial={**given, "weekdays": [int(digit) for digit in assignment.weekdays]},
        )
        is_waiting = assignment.status == Assignment.Status.WAITING
        if is_waiting or assignment.starts_on < today:
            self.fields["starts_on"].widget = forms.HiddenInput()
        if is_waiting:
            self.fields["ends_on"].widget = forms.HiddenInput()


class PauseForm(forms.Form):
    until = forms.DateField(
        label=_("Up to and including"),
        help_text=_("Empty: until you take it up again."),
        required=False,
        widget=DateInput,
    )

    def clean_until(self) -> date | None:
        day: date | None = self.cleaned_data["until"]
        return day and plausible_day(day)
