from __future__ import annotations

from datetime import date
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Field, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from counsel.common.widgets import DateInput
from exercises.models import ExerciseVersion, Rhythm
from sessions.models import Weekday

LONGEST = 5_000


class AssignForm(forms.Form):
    """How a chosen exercise is given: the reason, the rhythm, the dates."""

    rationale = forms.CharField(
        label=_("Why this, why now"),
        help_text=_("The client reads this above the exercise. Say it in your own words."),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
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
    starts_on = forms.DateField(label=_("First day"), widget=DateInput)
    ends_on = forms.DateField(
        label=_("Last day"),
        help_text=_("Empty: until you withdraw it."),
        required=False,
        widget=DateInput,
    )
    reminders = forms.BooleanField(
        label=_("Remind by e-mail, at the hour the client has chosen"), required=False, initial=True
    )

    def __init__(self, data: Any, *, version: ExerciseVersion, today: date) -> None:
        initial = {"rationale": version.rationale_template, "starts_on": today}
        super().__init__(data, initial=initial)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout(
            "rationale",
            Div("rhythm", "times_a_week", css_class="desk-pair"),
            Field("weekdays", css_class="desk-weekday"),
            Div("starts_on", "ends_on", css_class="desk-pair"),
            "reminders",
        )

    def clean(self) -> dict[str, Any]:
        # The tables refuse the same; said here, it stands beside the field.
        data = super().clean() or {}
        rhythm, first, last = data.get("rhythm"), data.get("starts_on"), data.get("ends_on")
        if rhythm == Rhythm.TIMES_A_WEEK and not data.get("times_a_week"):
            self._beside("times_a_week", _("Say on how many days a week, 1 to 7."))
        if rhythm == Rhythm.WEEKDAYS and not data.get("weekdays"):
            self._beside("weekdays", _("Choose at least one weekday."))
        if first and last and last < first:
            self._beside("ends_on", _("The last day must not be before the first."))
        return data

    def _beside(self, field: str, message: Any) -> None:
        if field not in self.errors:
            self.add_error(field, ValidationError(message))


class QualityForm(forms.Form):
    """How well an entry was worked through: the counsellor's impression, empty for none."""

    WORDS = (
        (0, _("Hardly touched")),
        (1, _("A beginning")),
        (2, _("Done")),
        (3, _("Worked with")),
        (4, _("Went deep")),
    )

    quality = forms.TypedChoiceField(
        choices=[("", ""), *WORDS], coerce=int, required=False, empty_value=None
    )


class ReplyForm(forms.Form):
    text = forms.CharField(
        label=_("Your reply"),
        help_text=_("The client reads it in the portal, under this entry."),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
