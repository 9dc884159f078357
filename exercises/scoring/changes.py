"""Two scorings become a change: better or worse, and more than chance or not.

Pure: values in, values out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from exercises.scoring.facts import Direction, Instrument, ReliableChange, Scale
from exercises.scoring.rules import Scored


class Course(StrEnum):
    BETTER = "better"
    WORSE = "worse"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Change:
    """From the first score of a scale to its last: `difference` is last less first.

    `reliable` is None where no amount is agreed on; `source` then says why.
    """

    key: str
    label: str
    difference: int | float
    course: Course
    reliable: bool | None
    amount: int | None
    source: str


def changes(instrument: Instrument, first: Scored, last: Scored) -> tuple[Change, ...]:
    """How each scale went from the first scoring to the last, where both have a score.

    Raises ValueError when the two were not scored by these very facts: score the raw
    answers again first.
    """
    facts = (instrument.key, instrument.version)
    if any((scored.instrument, scored.version) != facts for scored in (first, last)):
        raise ValueError("scored by other facts than these")
    before = {scale.key: scale.value for scale in first.scales}
    after = {scale.key: scale.value for scale in last.scales}
    return changed(instrument, before, after)


def changed(
    instrument: Instrument, before: Mapping[str, int | float], after: Mapping[str, int | float]
) -> tuple[Change, ...]:
    """The same of bare values, a scale each, that were reckoned by these very facts."""
    return tuple(
        change_of(scale, before[scale.key], after[scale.key])
        for scale in instrument.scales
        if scale.key in before and scale.key in after
    )


def change_of(scale: Scale, first: int | float, last: int | float) -> Change:
    """How one scale went between two of its values, both by the facts of now."""
    # Two means have two decimals each; so has what lies between them.
    difference = round(last - first, 2)
    return Change(
        key=scale.key,
        label=scale.label,
        difference=difference,
        course=_course(scale.direction, difference),
        reliable=_is_reliable(scale.change, difference),
        amount=scale.change.amount,
        source=scale.change.source,
    )


def _course(direction: Direction, difference: int | float) -> Course:
    if difference == 0:
        return Course.SAME
    rose = difference > 0
    return Course.BETTER if rose == (direction is Direction.HIGHER_IS_BETTER) else Course.WORSE


def _is_reliable(change: ReliableChange, difference: int | float) -> bool | None:
    return None if change.amount is None else abs(difference) >= change.amount
