"""What a client asks for of what they have kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby
from typing import Any, TypeAlias
from uuid import UUID

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exercises.finding import MAX_WANTED, wanted_words
from exercises.models import Entry, Exercise, ExerciseVersion
from exercises.selectors.timeline import Wish

Choices: TypeAlias = list[tuple[str, Any]]

KINDS = {
    Exercise.Kind.PRACTICE: gettext_lazy("Practice"),
    Exercise.Kind.JOURNAL: gettext_lazy("Journal"),
    Exercise.Kind.READING: gettext_lazy("Reading"),
    Exercise.Kind.MEASURE: gettext_lazy("Check-ins"),
}
MONTH = "%Y-%m"


class WishForm(forms.Form):
    """What to show of the timeline. An address with a wish that is none shows all of it."""

    show = forms.ChoiceField(label=gettext_lazy("What"), required=False)
    month = forms.ChoiceField(label=gettext_lazy("Back from"), required=False)

    def __init__(
        self, data: Any, *, versions: Sequence[ExerciseVersion], months: Sequence[date]
    ) -> None:
        super().__init__(data)
        for name, choices in (("show", _to_show(versions)), ("month", _to_begin_with(months))):
            field = self.fields[name]
            field.choices = choices  # type: ignore[attr-defined]
            field.widget.attrs["class"] = "form-select"

    def wish(self) -> Wish:
        self.full_clean()
        show, month = (self.cleaned_data.get(name, "") for name in ("show", "month"))
        day = date.fromisoformat(f"{month}-01") if month else None
        if show == Entry.Outcome.COULD_NOT:
            return Wish(could_not=True, month=day)
        if show in KINDS:
            return Wish(kind=show, month=day)
        return Wish(exercise=UUID(show) if show else None, month=day)


class SearchForm(forms.Form):
    words = forms.CharField(
        label=gettext_lazy("Words to look for"),
        help_text=gettext_lazy("Any word you remember. Capitals and accents don't matter."),
        max_length=MAX_WANTED,
        error_messages={"required": gettext_lazy("Write a word to look for.")},
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off", "type": "search"}),
    )

    def clean_words(self) -> str:
        words: str = self.cleaned_data["words"]
        if not wanted_words(words):
            raise forms.ValidationError(_("Write a word to look for."))
        return words


def _to_show(versions: Sequence[ExerciseVersion]) -> Choices:
    kept = {version.exercise.kind for version in versions}
    kinds = [(str(kind), words) for kind, words in KINDS.items() if kind in kept]
    exercises = [(str(version.exercise_id), version.title) for version in versions]
    return [
        ("", _("Everything")),
        (_("Kinds"), [*kinds, (Entry.Outcome.COULD_NOT.value, _("When it wasn't a day for it"))]),
        (_("Exercises"), exercises),
    ]


def _to_begin_with(months: Iterable[date]) -> Choices:
    years = groupby(months, key=lambda month: month.year)
    return [
        ("", _("The newest")),
        *(
            (str(year), [(month.strftime(MONTH), date_format(month, "F Y")) for month in of_year])
            for year, of_year in years
        ),
    ]
