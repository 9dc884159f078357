"""Shared words: those the counsellor pinned, and the latest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from exercises.models import MOST_PINS, Entry, PinnedQuote
from exercises.quoting import quotable
from exercises.steps import Step

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
    return [
        _quote(pin.entry, field.key, text, pin)
        for pin in pins
        for field, text in quotable(pin.entry.steps(), pin.entry.answers)
        if field.key == pin.field
    ]


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
        if found := quotable(steps[entry.version_id], entry.answers):
            field, text = found[0]
            quotes.append(_quote(entry, field.key, text))
    return quotes


def _quote(entry: Entry, field: str, text: str, pin: PinnedQuote | None = None) -> Quote:
    return Quote(entry, field, text[:LONGEST_QUOTE], len(text) > LONGEST_QUOTE, pin)
