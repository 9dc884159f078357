"""What a person answered: taken in, checked, and read out again.

Pure: values in, values out. Nothing here logs, and no message repeats an answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from typing import TypeAlias

from django.utils.translation import gettext, ngettext

from exercises import feelings
from exercises.schema import plain_newlines, unsavable_at
from exercises.steps import MAX_NUMBER, Field, FieldKind, Role, Step

MAX_LONG_TEXT = 100_000
MAX_SHORT_TEXT = 300
MAX_FEELINGS = 12
MAX_OWN_FEELING = 60

Answer: TypeAlias = str | int | bool | list[str]
Answers: TypeAlias = Mapping[str, object]

_WHOLE = re.compile(r"[+-]?\d{1,10}")
_TIME = re.compile(r"(\d\d:\d\d)(:\d\d)?", re.ASCII)
_BETWEEN_WORDS = re.compile(r"[,;\n،、，]")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A step's answers, and what could not be taken.

    `answers` replaces all that was kept for the step: a field left blank is not in
    it. `typed` holds what came in for each field in `errors`, untouched, so that it
    can be shown again.
    """

    answers: dict[str, Answer]
    errors: dict[str, str]
    typed: dict[str, object]


@dataclass(frozen=True, slots=True)
class Facts:
    """What may be counted: never a word of the person's own."""

    before: int | None = None
    after: int | None = None
    feelings: tuple[str, ...] = ()


class _Refused(Exception):
    """An answer that cannot be taken; its text tells the person what to do."""


def clean_step(step: Step, raw: Mapping[str, object]) -> Cleaned:
    """Check one step's answers, as a form or JSON sends them, or as they are kept.

    Each value is one answer or a list of them; from a form, pass
    `dict(request.POST.lists())`. A required field left blank is no error here, since
    a draft may wait: see missing().
    """
    cleaned = Cleaned({}, {}, {})
    for field in step.fields:
        if not field.kind.asks:
            continue
        values = _values(raw.get(field.key))
        try:
            answer = _CLEANERS[field.kind](field, values)
        except _Refused as refusal:
            cleaned.errors[field.key] = str(refusal)
            cleaned.typed[field.key] = raw[field.key]
        else:
            if answer is not None:
                cleaned.answers[field.key] = answer
    return cleaned


def missing(steps: Iterable[Step], answers: Answers) -> list[str]:
    """The keys of the required fields that have no answer yet."""
    return [field.key for field in _fields(steps) if field.required and field.key not in answers]


def facts(steps: Sequence[Step], answers: Answers) -> Facts:
    strengths = {
        field.role: value
        for field in _fields(steps)
        if field.role and isinstance(value := answers.get(field.key), int)
    }
    words = _feeling_words(steps, answers)
    return Facts(
        before=strengths.get(Role.BEFORE),
        after=strengths.get(Role.AFTER),
        feelings=tuple(word for word in words if feelings.is_known(word)),
    )


def own_feelings(steps: Iterable[Step], answers: Answers) -> tuple[str, ...]:
    """The feelings a person put into words of their own."""
    words = _feeling_words(steps, answers)
    return tuple(word for word in words if not feelings.is_known(word))


def readable(steps: Iterable[Step], answers: Answers) -> list[tuple[str, str]]:
    """The answered fields as (label, text), in the order in which they were asked."""
    return [
        (field.label, _as_text(field, answers[field.key]))
        for field in _fields(steps)
        if field.key in answers
    ]


def _fields(steps: Iterable[Step]) -> Iterator[Field]:
    return (field for step in steps for field in step.fields if field.kind.asks)


def _feeling_words(steps: Iterable[Step], answers: Answers) -> dict[str, None]:
    """Without repetition, in the order in which they were chosen."""
    words: dict[str, None] = {}
    for field in _fields(steps):
        if field.kind is FieldKind.FEELINGS:
            words.update(dict.fromkeys(_words(answers.get(field.key))))
    return words


def _words(value: object) -> list[str]:
    items = value if isinstance(value, list) else []
    return [item for item in items if isinstance(item, str)]


def _as_text(field: Field, value: object) -> str:
    labels = {option.value: option.label for option in field.options}
    match field.kind:
        case FieldKind.FEELINGS:
            return ", ".join(
                str(feelings.label(word)) if feelings.is_known(word) else word
                for word in _words(value)
            )
        case FieldKind.CHOICES:
            return "\n".join(labels.get(word, word) for word in _words(value))
        case FieldKind.CHOICE:
            return labels.get(str(value), str(value))
        case FieldKind.YES_NO:
            return gettext("Yes") if value is True else gettext("No")
        case FieldKind.SCALE:
            bounds = {"value": value, "maximum": field.maximum}
            return gettext("%(value)s of %(maximum)s") % bounds
        case _:
            return str(value)


def _values(value: object) -> list[object]:
    if isinstance(value, list | tuple):
        return list(value)
    return [] if value is None else [value]


def _one(values: list[object]) -> object | None:
    """The single answer of a field that takes one, or None where it is left blank."""
    given = [v for v in values if not (isinstance(v, str) and not v.strip())]
    if len(given) > 1:
        raise _Refused(gettext("Please give one answer here."))
    return given[0] if given else None


def _clean_text(field: Field, values: list[object]) -> str | None:
    value = _one(values)
    if value is None:
        return None
    long = field.kind is FieldKind.LONG_TEXT
    return _savable(value, MAX_LONG_TEXT if long else MAX_SHORT_TEXT)


def _savable(value: object, limit: int) -> str:
    if not isinstance(value, str):
        raise _Refused(gettext("Please write this in words."))
    if (position := unsavable_at(value)) is not None:
        message = gettext(
            "There is an invisible character here that can't be kept, at position "
            "%(position)s. Please delete it; the rest is as you wrote it."
        )
        raise _Refused(message % {"position": position})
    text = plain_newlines(value)
    if (over := len(text) - limit) > 0:
        message = ngettext(
            "This is %(over)s character too long. Nothing is lost; please shorten it.",
            "This is %(over)s characters too long. Nothing is lost; please shorten it.",
            over,
        )
        raise _Refused(message % {"over": over})
    return text


def _clean_number(field: Field, values: list[object]) -> int | None:
    value = _one(values)
    if value is None:
        return None
    low = -MAX_NUMBER if field.minimum is None else field.minimum
    high = MAX_NUMBER if field.maximum is None else field.maximum
    number = _whole(value)
    if number is None or not low <= number <= high:
        message = gettext("Please give a whole number from %(low)s to %(high)s.")
        raise _Refused(message % {"low": low, "high": high})
    return number


def _whole(value: object) -> int | None:
    if isinstance(value, str):
        # The digits of every script are digits.
        return int(value) if _WHOLE.fullmatch(value.strip()) else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _clean_feelings(field: Field, values: list[object]) -> list[str] | None:
    chosen: dict[str, str] = {}
    for typed in _typed_words(values):
        word = _savable(typed, MAX_OWN_FEELING)
        answer = feelings.match(word) or word
        chosen.setdefault(answer.casefold(), answer)
        if len(chosen) > MAX_FEELINGS:
            message = gettext("Please keep it to %(limit)s words: the strongest are enough.")
            raise _Refused(message % {"limit": MAX_FEELINGS})
    return list(chosen.values()) or None


def _typed_words(values: list[object]) -> Iterator[str]:
    """One word or several between commas in each value; each distinct one once."""
    seen: set[str] = set()
    for value in values:
        if not isinstance(value, str):
            raise _Refused(gettext("Please write this in words."))
        for part in _BETWEEN_WORDS.split(plain_newlines(value)):
            word = " ".join(part.split())
            if word and word not in seen:
                seen.add(word)
                yield word


def _clean_choice(field: Field, values: list[object]) -> str | None:
    value = _one(values)
    if value is None:
        return None
    for option in field.options:
        if value == option.value:
            return option.value
    raise _Refused(gettext("Please choose one of the answers shown."))


def _clean_choices(field: Field, values: list[object]) -> list[str] | None:
    given = [value for value in values if value != ""]
    known = [option.value for option in field.options]
    if any(value not in known for value in given):
        raise _Refused(gettext("Please choose from the answers shown."))
    return [value for value in known if value in given] or None


def _clean_yes_no(field: Field, values: list[object]) -> bool | None:
    value = _one(values)
    if value is None or isinstance(value, bool):
        return value
    if value not in ("yes", "no"):
        raise _Refused(gettext("Please choose yes or no."))
    return value == "yes"


def _clean_time(field: Field, values: list[object]) -> str | None:
    value = _one(values)
    if value is None:
        return None
    shape = _TIME.fullmatch(value.strip()) if isinstance(value, str) else None
    try:
        return time.fromisoformat(shape[1] if shape else "").strftime("%H:%M")
    except ValueError:
        message = gettext("Please give a time like 07:30.")
        raise _Refused(message) from None


_Cleaner: TypeAlias = Callable[[Field, list[object]], Answer | None]

_CLEANERS: dict[FieldKind, _Cleaner] = {
    FieldKind.LONG_TEXT: _clean_text,
    FieldKind.SHORT_TEXT: _clean_text,
    FieldKind.SCALE: _clean_number,
    FieldKind.NUMBER: _clean_number,
    FieldKind.FEELINGS: _clean_feelings,
    FieldKind.CHOICE: _clean_choice,
    FieldKind.CHOICES: _clean_choices,
    FieldKind.YES_NO: _clean_yes_no,
    FieldKind.TIME: _clean_time,
}
