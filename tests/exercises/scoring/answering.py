"""What the tests of scoring share: answers by position, and scores by scale."""

from __future__ import annotations

from exercises.scoring.catalogue import instrument
from exercises.scoring.rules import score


def answers(*values):
    """Answers in the order of the items; None is a missing one."""
    return {item: value for item, value in enumerate(values, start=1) if value is not None}


def scored(key, *values):
    return score(instrument(key), answers(*values))


def by_scale(found):
    return {scale.key: scale for scale in found.scales}


def total(key, *values):
    return by_scale(scored(key, *values))["total"]
