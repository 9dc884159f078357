"""Answers become scores.

Pure: values in, values out. Nothing here names an illness, and no message repeats an answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import floor

from django.utils.translation import gettext

from exercises.scoring.facts import (
    Cluster,
    Cutoff,
    Direction,
    Instrument,
    Method,
    Rule,
    Scale,
)

_ITEM_KEY = re.compile(r"item([1-9]\d{0,2})", re.ASCII)
_OPTION = re.compile(r"v(\d{1,3})", re.ASCII)
_HALF = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class Placement:
    """In which band of one band set a score lies."""

    band_set: str
    label: str
    source: str


@dataclass(frozen=True, slots=True)
class ScaleScore:
    """`bands` has one placement for each band set: several where authors disagree."""

    key: str
    label: str
    value: int | float
    minimum: int
    maximum: int
    prorated: bool
    bands: tuple[Placement, ...]
    reached: tuple[Cutoff, ...]

    @property
    def band(self) -> str | None:
        """The band's label where there is one agreed set; None for none or several."""
        return self.bands[0].label if len(self.bands) == 1 else None


@dataclass(frozen=True, slots=True)
class ClusterResult:
    key: str
    label: str
    count: int
    needed: int


@dataclass(frozen=True, slots=True)
class RuleResult:
    """`met` is None while missing answers could still decide it."""

    key: str
    label: str
    met: bool | None
    clusters: tuple[ClusterResult, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Scored:
    """What the answers say.

    `refused` tells, a line each, which scales have too many answers missing; those are not
    in `scales`. `risk` holds the risk items answered above their threshold and
    `risk_unanswered` those left out; neither depends on there being a score. An empty `risk`
    means only that these items were not answered above it.
    """

    instrument: str
    version: int
    missing: int
    scales: tuple[ScaleScore, ...]
    refused: str
    risk: tuple[int, ...]
    risk_unanswered: tuple[int, ...]
    rules: tuple[RuleResult, ...]

    @property
    def prorated(self) -> bool:
        return any(scale.prorated for scale in self.scales)


def raw_answers(instrument: Instrument, answers: Mapping[str, object]) -> dict[int, int]:
    """The instrument's answers, item number to answer value, out of an entry's.

    Item n is kept under `item<n>`, as a number or as an option `v<points>`; what is blank is
    missing, and fields of other names are no business of the instrument. Raises ValueError
    for an item it does not have or an answer that is not one of its values.
    """
    raw = {}
    for key, answer in answers.items():
        number = _ITEM_KEY.fullmatch(key)
        if number and answer is not None and answer != "":
            raw[int(number[1])] = _points(answer, int(number[1]))
    _check(instrument, raw)
    return raw


def score(instrument: Instrument, raw: Mapping[int, int]) -> Scored:
    """Score raw answers, item number from 1 to answer value; missing items are left out.

    Raises ValueError for an item the instrument does not have or an answer that is not one
    of its values.
    """
    _check(instrument, raw)
    open_scales = [s for s in instrument.scales if _missing(s.items, raw) > instrument.missing.most]
    return Scored(
        instrument=instrument.key,
        version=instrument.version,
        missing=instrument.items - len(raw),
        scales=tuple(
            _scale_score(instrument, scale, raw)
            for scale in instrument.scales
            if scale not in open_scales
        ),
        refused="\n".join(_refusal(instrument, scale, raw) for scale in open_scales),
        risk=tuple(r.item for r in instrument.risk_items if raw.get(r.item, r.above) > r.above),
        risk_unanswered=tuple(r.item for r in instrument.risk_items if r.item not in raw),
        rules=tuple(_rule_result(rule, raw) for rule in instrument.rules),
    )


def _points(answer: object, item: int) -> int:
    option = _OPTION.fullmatch(answer) if isinstance(answer, str) else None
    if option:
        return int(option[1])
    if isinstance(answer, int) and not isinstance(answer, bool):
        return answer
    raise ValueError(f"item {item}: not an answer of this instrument")


def _check(instrument: Instrument, raw: Mapping[int, int]) -> None:
    for item, answer in raw.items():
        if isinstance(item, bool) or item not in range(1, instrument.items + 1):
            raise ValueError(f"there is no such item in {instrument.key}")
        if isinstance(answer, bool) or answer not in instrument.values:
            raise ValueError(f"item {item}: not an answer of this instrument")


def _missing(items: Iterable[int], raw: Mapping[int, int]) -> int:
    return sum(item not in raw for item in items)


def _refusal(instrument: Instrument, scale: Scale, raw: Mapping[int, int]) -> str:
    sentence = gettext("%(scale)s: no score. Answers missing: %(missing)s; allowed: %(most)s.")
    return sentence % {
        "scale": scale.label,
        "missing": _missing(scale.items, raw),
        "most": instrument.missing.most,
    }


def _scale_score(instrument: Instrument, scale: Scale, raw: Mapping[int, int]) -> ScaleScore:
    value = _value(instrument, scale, raw)
    return ScaleScore(
        key=scale.key,
        label=scale.label,
        value=value,
        minimum=scale.minimum,
        maximum=scale.maximum,
        prorated=_missing(scale.items, raw) > 0,
        bands=bands_of(scale, value),
        reached=tuple(cutoff for cutoff in scale.cutoffs if _reaches(scale, value, cutoff)),
    )


def bands_of(scale: Scale, value: int | float) -> tuple[Placement, ...]:
    """Where a value of the scale lies, by each of its authors."""
    return tuple(
        Placement(band_set.label, band.label, band_set.source)
        for band_set in scale.band_sets
        for band in band_set.bands
        if band.low <= value <= band.high
    )


def _value(instrument: Instrument, scale: Scale, raw: Mapping[int, int]) -> int | float:
    """The mean of what was answered stands in for what was not.

    A sum is rounded to a whole number, halves up, so that it always lies in a band; a mean is
    rounded to two decimals in the same way.
    """
    answered = [_turned(instrument, item, raw[item]) for item in scale.items if item in raw]
    mean = Fraction(sum(answered) * instrument.multiplier, len(answered))
    if instrument.method is Method.MEAN:
        return floor(mean * 100 + _HALF) / 100
    return floor(mean * len(scale.items) + _HALF)


def _turned(instrument: Instrument, item: int, answer: int) -> int:
    if item not in instrument.reverse:
        return answer
    return instrument.values[0] + instrument.values[-1] - answer


def _reaches(scale: Scale, value: int | float, cutoff: Cutoff) -> bool:
    if scale.direction is Direction.HIGHER_IS_BETTER:
        return value <= cutoff.at
    return value >= cutoff.at


def _rule_result(rule: Rule, raw: Mapping[int, int]) -> RuleResult:
    counts = [_count(cluster, rule, raw) for cluster in rule.clusters]
    could_be = [
        count + _missing(cluster.items, raw)
        for count, cluster in zip(counts, rule.clusters, strict=True)
    ]
    met: bool | None = None
    if all(_enough(counts, rule)):
        met = True
    elif not all(_enough(could_be, rule)):
        met = False
    return RuleResult(
        key=rule.key,
        label=rule.label,
        met=met,
        clusters=tuple(
            ClusterResult(cluster.key, cluster.label, count, cluster.needed)
            for count, cluster in zip(counts, rule.clusters, strict=True)
        ),
        source=rule.source,
    )


def _count(cluster: Cluster, rule: Rule, raw: Mapping[int, int]) -> int:
    return sum(item in raw and raw[item] >= rule.at_least for item in cluster.items)


def _enough(counts: Iterable[int], rule: Rule) -> Iterator[bool]:
    return (count >= cluster.needed for count, cluster in zip(counts, rule.clusters, strict=True))
