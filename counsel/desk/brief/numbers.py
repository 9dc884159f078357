"""Feelings and strengths of shared entries, as a brief shows them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from django.utils.formats import number_format

from counsel.desk.brief.quotes import StepsByVersion
from exercises import answers as rules
from exercises import feelings
from exercises.models import Entry
from exercises.progress import Practice, feelings_named, progress
from exercises.selectors.told import SharedFacts

MOST_FEELINGS = 8


@dataclass(frozen=True, slots=True)
class Named:
    """A feeling and how many shared entries name it; `width` is of 100, for its bar.

    `first_day` is the first on which it was ever named, where that lies in the span.
    """

    label: str
    count: int
    width: int
    first_day: date | None


@dataclass(frozen=True, slots=True)
class Strengths:
    """Mean strength before and after, 0 to 10, over the `count` entries that have both."""

    before: float
    after: float
    change: float
    count: int

    @property
    def change_words(self) -> str:
        """'−2.5', '+0.3': signed, for the smallest place there is."""
        sign = "+" if self.change > 0 else "−"
        size = number_format(abs(self.change), 1)
        return sign + size if round(self.change, 1) else size


def named(
    facts: SharedFacts, shared: Iterable[Entry], steps: StepsByVersion, first: date
) -> list[Named]:
    """Our words for feelings of all entries, own words of those whose answers were read."""
    practices = dict(facts.practices)
    for entry in shared:
        if own := rules.own_feelings(steps[entry.version_id], entry.answers):
            known = practices.get(entry.pk) or _nothing(entry.local_date)
            words = (*known.feelings, *(word.casefold() for word in own))
            practices[entry.pk] = replace(known, feelings=words)
    labelled = [
        replace(practice, feelings=tuple(map(_label, practice.feelings)))
        for practice in practices.values()
    ]
    new = {_label(code): day for code, day in facts.first_named.items() if day >= first}
    ranked = feelings_named(labelled, new)[:MOST_FEELINGS]
    most = ranked[0].count if ranked else 1
    return [
        Named(
            label=feeling.label,
            count=feeling.count,
            width=round(100 * feeling.count / most),
            first_day=feeling.first_day
            if feeling.first_day and feeling.first_day >= first
            else None,
        )
        for feeling in ranked
    ]


def strengths(practices: Iterable[Practice]) -> Strengths | None:
    pairs = [p for p in practices if p.before is not None and p.after is not None]
    if not pairs:
        return None
    means = progress([], pairs, min(p.day for p in pairs), max(p.day for p in pairs))
    before, after = means.before_mean or 0.0, means.after_mean or 0.0
    return Strengths(before, after, means.mean_change or 0.0, len(pairs))


def _nothing(day: date) -> Practice:
    return Practice(day, done=True, before=None, after=None, feelings=())


def _label(code: str) -> str:
    """Our word for a feeling in the reader's language; an own word as it is."""
    return str(feelings.label(code)) if feelings.is_known(code) else code
