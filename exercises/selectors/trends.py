"""Which way a client's measure went, of many clients at once: from values that are kept."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef

from exercises.models import Entry, ScaleScore
from exercises.scoring.catalogue import instruments
from exercises.scoring.changes import Course, changed
from exercises.standing import trend


@dataclass(frozen=True, slots=True)
class Trend:
    instrument: str
    course: Course


def trends_of(client_ids: Collection[UUID]) -> dict[UUID, Trend]:
    """Of the measure each handed in last and shares: its latest score against its first.

    Nobody is in it who has no two scores of that measure by the facts as they are now. Two
    queries.
    """
    pairs = {}
    for client_id, scores in _scores(client_ids).items():
        instrument, last, version = scores[-1]
        known = instruments().get(instrument)
        own = [score for score in scores if score[0] == instrument]
        if known and len(own) > 1 and own[0][2] == version == known.version:
            pairs[client_id] = (known, own[0][1], last)
    values = _values(score for _known, *both in pairs.values() for score in both)
    found = {}
    for client_id, (known, first, last) in pairs.items():
        course = trend(changed(known, values.get(first, {}), values.get(last, {})))
        if course is not None:
            found[client_id] = Trend(known.key, course)
    return found


def _scores(client_ids: Collection[UUID]) -> dict[UUID, list[tuple[str, UUID, int]]]:
    """Instrument, id and version of all that could be scored, oldest first."""
    rows: Any = Entry.objects.shared().filter(
        Exists(ScaleScore.objects.filter(score=OuterRef("score"))),
        client__in=client_ids,
        outcome=Entry.Outcome.DONE,
        score__isnull=False,
    )
    columns = ("client_id", "score__instrument", "score", "score__scoring_version")
    found: dict[UUID, list[tuple[str, UUID, int]]] = {}
    for client_id, *score in rows.order_by("happened_at", "logged_at", "pk").values_list(*columns):
        found.setdefault(client_id, []).append((score[0], score[1], score[2]))
    return found


def _values(scores: Iterable[UUID]) -> dict[UUID, dict[str, float]]:
    found: dict[UUID, dict[str, float]] = {}
    rows = ScaleScore.objects.filter(score__in=list(scores)).order_by()
    for score, scale, value in rows.values_list("score", "scale", "value"):
        found.setdefault(score, {})[scale] = float(value)
    return found
