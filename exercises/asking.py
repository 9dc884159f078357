"""A step as a page shows it: each field with what was answered, chosen, typed or refused."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from exercises import feelings
from exercises.answers import Cleaned, missing
from exercises.schema import unsavable_at
from exercises.steps import Field, FieldKind, Step

_TURNING_ALONE = {FieldKind.CHOICE, FieldKind.YES_NO, FieldKind.FEELINGS}


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing to choose."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Group:
    label: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """One field on its page."""

    field: Field
    text: str = ""
    marks: tuple[Mark, ...] = ()
    groups: tuple[Group, ...] = ()
    chosen_words: str = ""
    # The feelings in the order in which they were chosen, between commas.
    order: str = ""
    error: str = ""
    # A tap on it may turn the page: see `turns_the_page`.
    turns: bool = False

    @property
    def id(self) -> str:
        return f"id_{self.field.key}"

    @property
    def is_extra(self) -> bool:
        """Something to pick beside the writing, which a journal page keeps folded away."""
        return self.field.kind.asks and not self.field.kind.is_text and not self.field.required

    @property
    def is_filled(self) -> bool:
        return bool(self.text or self.chosen_words or self.error) or any(
            mark.chosen for mark in self.marks
        )

    @property
    def template(self) -> str:
        return f"exercises/fields/{self.field.kind}.html"


def asked(step: Step, answers: Mapping[str, object], cleaned: Cleaned | None = None) -> list[Asked]:
    """The fields of a step, filled with what is kept or, where it was refused, what was typed."""
    typed = cleaned.typed if cleaned else {}
    errors = cleaned.errors if cleaned else {}
    turning = turns_the_page(step, answers)
    return [
        _asked(
            field,
            _strings(typed.get(field.key, answers.get(field.key))),
            errors.get(field.key, ""),
            turns=field.key == turning,
        )
        for field in step.fields
    ]


def with_open_answers(step: Step, answers: Mapping[str, object], cleaned: Cleaned) -> Cleaned:
    """The same, with a word beside each required field that has no answer yet."""
    still_open = {key: _("One answer is still open here.") for key in missing([step], answers)}
    return Cleaned(cleaned.answers, {**still_open, **cleaned.errors}, cleaned.typed)


def turns_the_page(step: Step, answers: Mapping[str, object]) -> str:
    """The key of a field whose answer ends the step and was not given yet, or nothing.

    There a tap says all there is to say, so the page may go on by itself; on the way back
    through, it waits to be told. A scale does so wherever it comes last, a choice or the
    feelings (after a while in which others may be picked) only where nothing else is asked.
    """
    last = step.fields[-1] if step.fields else None
    if last is None or last.key in answers:
        return ""
    is_alone = sum(field.kind.asks for field in step.fields) == 1
    turns = last.kind is FieldKind.SCALE or (is_alone and last.kind in _TURNING_ALONE)
    return last.key if turns else ""


def holds_all(steps: Iterable[Step], answers: Mapping[str, object]) -> bool:
    """Whether each answer belongs to a field of these steps."""
    return answers.keys() <= {field.key for step in steps for field in step.fields}


def place_to_go_on(steps: Iterable[Step], answers: Mapping[str, object]) -> int:
    """The number of the step after the last one answered; the first where nothing was."""
    steps = list(steps)
    reached = [
        number
        for number, step in enumerate(steps, start=1)
        if any(field.key in answers for field in step.fields)
    ]
    return min(reached[-1] + 1, len(steps)) if reached else 1


def step_shown(forms: Iterable[Sequence[Step]], keys: Collection[str]) -> Step | None:
    """The step with just these questions, in the first of some forms that has it."""
    steps = (step for form in forms for step in form)
    same = (step for step in steps if {f.key for f in step.fields if f.kind.asks} == set(keys))
    return next(same, None) if keys else None


def place_of_step(steps: Iterable[Step], step: Step) -> int | None:
    """Its number among these; None where they do not hold it."""
    return next((n for n, other in enumerate(steps, start=1) if other.key == step.key), None)


def place_of(steps: Iterable[Step], key: str) -> int:
    """The number of the step that asks this field."""
    return next(
        number
        for number, step in enumerate(steps, start=1)
        if any(field.key == key for field in step.fields)
    )


def _asked(field: Field, values: list[str], error: str, *, turns: bool) -> Asked:
    match field.kind:
        case FieldKind.FEELINGS:
            return _asked_feelings(field, values, error, turns=turns)
        case FieldKind.SCALE:
            low, high = field.minimum or 0, field.maximum or 0
            points = [(str(point), str(point)) for point in range(low, high + 1)]
            return Asked(field, marks=_marks(points, values), error=error, turns=turns)
        case FieldKind.YES_NO:
            yes_no = [("yes", _("Yes")), ("no", _("No"))]
            return Asked(field, marks=_marks(yes_no, values), error=error, turns=turns)
        case FieldKind.CHOICE | FieldKind.CHOICES:
            options = [(option.value, option.label) for option in field.options]
            return Asked(field, marks=_marks(options, values), error=error, turns=turns)
        case _:
            return Asked(field, text="\n".join(values), error=error)


def _asked_feelings(field: Field, values: list[str], error: str, *, turns: bool) -> Asked:
    groups = tuple(
        Group(
            str(family.label),
            _marks([(f.code, str(f.label)) for f in family.feelings], values),
        )
        for family in feelings.families()
    )
    own = [value for value in values if value and not feelings.is_known(value)]
    words = [str(feelings.label(v)) if feelings.is_known(v) else v for v in values if v]
    return Asked(
        field,
        text=", ".join(own),
        groups=groups,
        order=",".join(values),
        chosen_words="" if error else feelings_sentence(words),
        error=error,
        turns=turns,
    )


def feelings_sentence(words: list[str]) -> str:
    """What was chosen, as one would say it: "This is shame and a little fear."."""
    if not words:
        return ""
    if len(words) == 1:
        return _("This is %(first)s.") % {"first": words[0]}
    parts = {"first": ", ".join(words[:-1]), "last": words[-1]}
    return _("This is %(first)s and a little %(last)s.") % parts


def _marks(pairs: Iterable[tuple[str, str]], values: list[str]) -> tuple[Mark, ...]:
    return tuple(Mark(value, label, value in values) for value, label in pairs)


def _strings(value: object) -> list[str]:
    """An answer as its inputs hold it, in characters that a page can carry."""
    if value is None:
        return []
    if isinstance(value, bool):
        return ["yes" if value else "no"]
    items = value if isinstance(value, list | tuple) else [value]
    return [_showable(str(item)) for item in items if isinstance(item, str | int)]


def _showable(text: str) -> str:
    """Half surrogate pairs and NULs, which may come back from a refused answer, as "�"."""
    if unsavable_at(text) is None:
        return text
    return "".join("\ufffd" if unsavable_at(letter) is not None else letter for letter in text)
