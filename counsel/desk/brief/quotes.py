"""Shared words: those the counsellor pinned, and the latest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from exercises.models import MOST_PINS, Entry, PinnedQuote
from exercises.steps import Field, Role, Step

LONGEST_QUOTE = 400

StepsByVersion: TypeAlias = Mapping[UUID, tuple[Step, ...]]


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of one answer. `pin` where the counsellor keeps them in sight."""

    entry: Entry
    field: str
    text: str
    cut: bool
    pin: PinnedQuote | None = None


def pinned_quotes(pins: Iterable[PinnedQuote]) -> list[Quote]:
    """By place; what is no longer shared, or was changed since, is not among `pins`."""
    found = ((pin, _answer(pin.entry, pin.field)) for pin in pins)
    return [_quote(pin.entry, pin.field, text, pin) for pin, text in found if text]


def latest_quotes(
    entries: Iterable[Entry], steps: StepsByVersion, pinned: list[Quote]
) -> list[Quote]:
    """One of each entry, newest first, for the places that are not pinned."""
    taken = {quote.entry.pk for quote in pinned}
    quotes: list[Quote] = []
    for entry in entries:
        if len(quotes) + len(pinned) >= MOST_PINS:
            break
        if entry.pk in taken:
            continue
        found = next(_worded(entry, steps[entry.version_id]), None)
        if found:
            quotes.append(_quote(entry, *found))
    return quotes


def quotable(entry: Entry, field: Field) -> str:
    """The words of that answer where it has any and may be pinned, else ''."""
    return _answer(entry, field.key) if field.kind.is_text else ""


def _worded(entry: Entry, steps: tuple[Step, ...]) -> Iterator[tuple[str, str]]:
    """What was written in full sentences: first what the exercise asks to share."""
    fields = [field for step in steps for field in step.fields if field.kind.is_text]
    for field in sorted(fields, key=lambda field: field.role is not Role.SHARE):
        if text := _answer(entry, field.key):
            yield field.key, text


def _answer(entry: Entry, field: str) -> str:
    answer = entry.answers.get(field)
    return answer if isinstance(answer, str) and answer.strip() else ""


def _quote(entry: Entry, field: str, text: str, pin: PinnedQuote | None = None) -> Quote:
    return Quote(entry, field, text[:LONGEST_QUOTE], len(text) > LONGEST_QUOTE, pin)
