"""What is known about an instrument: how its answers become scores, and who says so.

Pure: frozen values only. Facts, never wording: no text of an item, a stem or an answer has a
place here. Items are counted from 1; labels are our own words, for counsellors.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Direction(StrEnum):
    HIGHER_IS_WORSE = "higher_is_worse"
    HIGHER_IS_BETTER = "higher_is_better"


class Method(StrEnum):
    SUM = "sum"
    MEAN = "mean"


@dataclass(frozen=True, slots=True)
class Band:
    """A range of the reported scale, both ends included."""

    low: int
    high: int
    label: str


@dataclass(frozen=True, slots=True)
class BandSet:
    """One author's way of dividing a scale. Where authors disagree there are several."""

    key: str
    label: str
    source: str
    bands: tuple[Band, ...]


@dataclass(frozen=True, slots=True)
class Cutoff:
    """A score others use as a line: reached at `at`, and beyond it in the worse direction."""

    at: int
    label: str
    source: str


@dataclass(frozen=True, slots=True)
class ReliableChange:
    """The least difference that is more than chance; None where nobody agreed on one.

    `source` then says why there is none.
    """

    amount: int | None
    source: str


@dataclass(frozen=True, slots=True)
class Scale:
    """One score: the total, a subscale, or a single item shown as it is.

    `minimum` and `maximum` are of the reported scale, the multiplier included.
    """

    key: str
    label: str
    items: tuple[int, ...]
    source: str
    direction: Direction
    minimum: int
    maximum: int
    band_sets: tuple[BandSet, ...]
    cutoffs: tuple[Cutoff, ...]
    change: ReliableChange


@dataclass(frozen=True, slots=True)
class RiskItem:
    """An item that is looked at on its own: its raw answer counts when it is over `above`."""

    item: int
    above: int
    source: str


@dataclass(frozen=True, slots=True)
class Cluster:
    """Items of which at least `needed` have to reach the rule's answer."""

    key: str
    label: str
    items: tuple[int, ...]
    needed: int


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern of raw answers; every one of its clusters has to be met."""

    key: str
    label: str
    at_least: int
    clusters: tuple[Cluster, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Missing:
    """How many answers of a scale may be missing; the others then stand in for them."""

    most: int
    source: str


@dataclass(frozen=True, slots=True)
class Instrument:
    """Everything needed to score an instrument, and what has to be said about it.

    `version` counts up whenever a score could come out differently, and is kept with every
    score. `ignored_loinc` are codes a published questionnaire may carry that are not scored.
    `copyright` is shown wherever the wording is; `wording` tells where that is published.
    """

    key: str
    name: str
    version: int
    validated: bool
    measures: str
    items: int
    values: tuple[int, ...]
    reverse: tuple[int, ...]
    reverse_source: str
    direction: Direction
    method: Method
    multiplier: int
    scoring_source: str
    missing: Missing
    scales: tuple[Scale, ...]
    risk_items: tuple[RiskItem, ...]
    rules: tuple[Rule, ...]
    loinc: str
    item_loinc: tuple[str, ...]
    ignored_loinc: tuple[str, ...]
    loinc_source: str
    licence: str
    licence_source: str
    copyright: str
    redistributable: bool
    wording: str

    def scale(self, key: str) -> Scale:
        """Raises KeyError for a key the instrument does not have."""
        for scale in self.scales:
            if scale.key == key:
                return scale
        raise KeyError(key)
