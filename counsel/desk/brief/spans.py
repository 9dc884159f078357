"""Which time a brief is about: since the last consultation, or another that was asked for."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from counsel.common.http import id_or_none
from exercises.standing import WITHOUT_CONSULTATION
from sessions.models import Consultation

SINCE_LAST, ALL, BETWEEN = "last", "all", "between"
WEEKS = {"4w": 4, "12w": 12}

Held: TypeAlias = Sequence[Consultation]


@dataclass(frozen=True, slots=True)
class Choice:
    """What was asked for: a kind of span and, for one between two consultations, their ids."""

    kind: str = SINCE_LAST
    after: uuid.UUID | None = None
    until: uuid.UUID | None = None

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Choice:
        """As the page's address has it. What makes no sense there asks for nothing else."""
        kind = query.get("span", SINCE_LAST)
        if kind in {ALL, *WEEKS}:
            return cls(kind)
        if kind == BETWEEN:
            ends = (id_or_none(query.get(name, "")) for name in ("after", "until"))
            return cls(BETWEEN, *ends)
        return cls()


@dataclass(frozen=True, slots=True)
class Span:
    """From `since` (None: from the beginning) up to `until`, which is not included.

    `after` and `before` are the held consultations it lies between, where it does.
    """

    kind: str
    since: datetime | None
    until: datetime
    after: Consultation | None = None
    before: Consultation | None = None


def span_of(choice: Choice, held: Held, now: datetime) -> Span:
    """`held` newest first."""
    if choice.kind == ALL:
        return Span(ALL, None, now)
    if choice.kind in WEEKS:
        return Span(choice.kind, now - timedelta(weeks=WEEKS[choice.kind]), now)
    if choice.kind == BETWEEN:
        return _between(choice, held, now)
    return _since_last(held, now)


def _since_last(held: Held, now: datetime) -> Span:
    last = next(iter(held), None)
    return Span(SINCE_LAST, last.ends_at if last else now - WITHOUT_CONSULTATION, now, after=last)


def _between(choice: Choice, held: Held, now: datetime) -> Span:
    """Two consultations the wrong way round are turned; the later one may be left out: now."""
    by_id = {consultation.pk: consultation for consultation in held}
    chosen = [by_id[pk] for pk in (choice.after, choice.until) if pk in by_id]
    if not chosen:
        return _since_last(held, now)
    first, *later = sorted(chosen, key=lambda consultation: consultation.starts_at)
    before = later[0] if later and later[0] != first else None
    return Span(BETWEEN, first.ends_at, before.starts_at if before else now, first, before)
