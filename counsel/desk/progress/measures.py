"""The scores of measures over a span, each scale with its line, its bands and what is chance."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from counsel.desk.chart import Chart, Span, chart_of
from exercises.scoring.catalogue import instruments
from exercises.scoring.changes import Change, change_of
from exercises.scoring.facts import Direction, Instrument, Scale
from exercises.scoring.rules import bands_of
from exercises.selectors.course import Scaled


@dataclass(frozen=True, slots=True)
class ScoreRow:
    entry: UUID
    day: date
    value: float
    band: str
    from_first: Change | None


@dataclass(frozen=True, slots=True)
class ScaleCourse:
    """One scale of one measure. `baseline` is its first value ever, be it before the span."""

    instrument: Instrument
    scale: Scale
    baseline: Scaled
    rows: list[ScoreRow]
    chart: Chart

    @property
    def rises_when_better(self) -> bool:
        return self.scale.direction is Direction.HIGHER_IS_BETTER

    @property
    def has_bands(self) -> bool:
        return bool(self.scale.band_sets)


def scale_courses(scores: Iterable[Scaled], span: Span) -> list[ScaleCourse]:
    """`scores` in order, the first ever of each scale among them. By the names of measures."""
    by_scale: dict[tuple[str, str], list[Scaled]] = {}
    for score in scores:
        by_scale.setdefault((score.instrument, score.scale), []).append(score)
    known = sorted(instruments().values(), key=lambda instrument: instrument.name)
    return [
        _course(instrument, scale, found, span)
        for instrument in known
        for scale in instrument.scales
        if (found := by_scale.get((instrument.key, scale.key))) and found[-1].day >= span.first
    ]


def _course(
    instrument: Instrument, scale: Scale, scores: Sequence[Scaled], span: Span
) -> ScaleCourse:
    baseline, shown = scores[0], [score for score in scores if score.day >= span.first]
    rows = [_row(scale, score, baseline) for score in shown]
    # Where authors disagree none of them is drawn.
    bands = scale.band_sets[0].bands if len(scale.band_sets) == 1 else ()
    chart = chart_of(
        [(score.day, score.value) for score in shown],
        scale.minimum,
        scale.maximum,
        bands,
        span=span,
        baseline=baseline.value if len(scores) > 1 else None,
        change=scale.change.amount,
    )
    return ScaleCourse(instrument, scale, baseline, rows[::-1], chart)


def _row(scale: Scale, score: Scaled, baseline: Scaled) -> ScoreRow:
    several = len(scale.band_sets) > 1
    words = [
        f"{band.label} ({band.band_set})" if several else band.label
        for band in bands_of(scale, score.value)
    ]
    change = None if score is baseline else change_of(scale, baseline.value, score.value)
    return ScoreRow(score.entry, score.day, score.value, ", ".join(words), change)
