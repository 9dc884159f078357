"""What a counsellor's time is open for and spoken for, read for every service at once.

It is read with each page of open times, so the rows come as plain numbers: to make a `datetime`
of each end of each consultation would cost more than all the database does.
"""

# ruff: noqa: S608 (nothing here comes from outside)
from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection

from counsel.accounts.models import Counsellor
from sessions.availability import WeeklyRule
from sessions.models import (
    HOLDING,
    KEPT,
    AvailabilityException,
    AvailabilityRule,
    BusyTime,
    Consultation,
    Hold,
    ImportedCalendar,
)

NOTHING = UUID(int=0)
BUSY = "busy"


@dataclass(frozen=True, slots=True)
class Diary:
    """All that open times are worked out from, for every service of one counsellor.

    `rules` are by the service they are for, under None those for all others. `taken` are the
    starts, by service, of what counts toward its maxima, in seconds as in a span.
    """

    rules: Mapping[UUID | None, Sequence[WeeklyRule]]
    extra: Sequence[tuple[int, int]]
    time_off: Sequence[tuple[int, int]]
    busy: Sequence[tuple[int, int]]
    taken: Mapping[UUID, Sequence[int]]


def read_diary(
    counsellor: Counsellor,
    start: datetime,
    end: datetime,
    now: datetime,
    *,
    limited: bool = True,
    without: Consultation | Hold | None = None,
) -> Diary:
    """What touches this span, in two queries, whatever the span.

    `taken` is read where a service is `limited` by a maximum. A consultation that is about to
    be moved is left out by `without`; so is a kept time that is about to be used.
    """
    stored = connection.ops.adapt_datetimefield_value
    given = {
        "counsellor": counsellor.pk.hex,
        "without": (without.pk if without else NOTHING).hex,
        "start": stored(start),
        "end": stored(end),
        "now": stored(now),
    }
    with connection.cursor() as cursor:
        cursor.execute(_rules_sql(), given)
        rules = _rules(cursor.fetchall())
        cursor.execute(_spans_sql(connection.vendor, limited), given)
        rows = cursor.fetchall()
    spans = defaultdict(list)
    for subject, start_second, end_second in rows:
        spans[subject].append((start_second, end_second))
    return Diary(
        rules=rules,
        extra=spans.pop(AvailabilityException.Kind.EXTRA.value, ()),
        time_off=spans.pop(AvailabilityException.Kind.TIME_OFF.value, ()),
        busy=spans.pop(BUSY, ()),
        taken={UUID(service): [start for start, _end in own] for service, own in spans.items()},
    )


def _rules(rows: list[tuple[Any, ...]]) -> Mapping[UUID | None, Sequence[WeeklyRule]]:
    rules = defaultdict(list)
    for service, weekday, starts, ends, since, until in rows:
        rules[service and UUID(service)].append(
            WeeklyRule(
                weekday,
                time.fromisoformat(starts),
                time.fromisoformat(ends),
                since and date.fromisoformat(since),
                until and date.fromisoformat(until),
            )
        )
    return rules


@cache
def _rules_sql() -> str:
    columns = ("service_id", "starts", "ends", "valid_from", "valid_until")
    service, starts, ends, since, until = (f"CAST({column} AS text)" for column in columns)
    return (
        f"SELECT {service}, weekday, {starts}, {ends}, {since}, {until} "
        f"FROM {_table(AvailabilityRule)} WHERE counsellor_id = %(counsellor)s"
    )


@cache
def _spans_sql(vendor: str, limited: bool) -> str:
    """Rows of what a span is about, its start and its end.

    That is busy, a kind of exception, or the service whose maxima it counts toward.
    """
    consultations, holds = _table(Consultation), _table(Hold)
    held, lasts = _span(vendor, "held_from", "held_until"), _span(vendor, "starts_at", "ends_at")
    mine = "counsellor_id = %(counsellor)s"
    own = f"{mine} AND id <> %(without)s"
    is_open = f"{own} AND state = '{Hold.State.OPEN}' AND expires_at > %(now)s"
    is_held = "held_until > %(start)s AND held_from < %(end)s"
    is_near = "ends_at > %(start)s AND starts_at < %(end)s"
    # By its start alone, which the index is on: of a long history nothing else is read.
    begins = "starts_at >= %(start)s AND starts_at < %(end)s"
    parts = [
        f"SELECT '{BUSY}', {held} FROM {consultations} WHERE {own} "
        f"AND status IN ({_texts(HOLDING)}) AND {is_held}",
        f"SELECT '{BUSY}', {held} FROM {holds} WHERE {is_open} AND {is_held}",
        f"SELECT '{BUSY}', {lasts} FROM {_table(BusyTime)} WHERE {mine} AND {is_near} "
        f"AND calendar_id IN "
        f"(SELECT id FROM {_table(ImportedCalendar)} WHERE is_on AND {mine})",
        f"SELECT kind, {lasts} FROM {_table(AvailabilityException)} WHERE {mine} AND {is_near}",
    ]
    if limited:
        # Those that are over still count toward the maxima of their day and week.
        service = "CAST(service_id AS text)"
        parts += [
            f"SELECT {service}, {lasts} FROM {consultations} WHERE {own} "
            f"AND status IN ({_texts(KEPT)}) AND {begins}",
            f"SELECT {service}, {lasts} FROM {holds} WHERE {is_open} AND {begins}",
        ]
    return " UNION ALL ".join(parts)


def _span(vendor: str, start: str, end: str) -> str:
    """Two columns in whole seconds since 1970, parts of a second rounded outwards."""
    if vendor == "postgresql":
        return (
            f"floor(date_part('epoch', {start}))::bigint, ceil(date_part('epoch', {end}))::bigint"
        )
    # A time is stored as text of 19 characters, or longer by a part of a second.
    return (
        f"CAST(strftime('%%s', substr({start}, 1, 19)) AS integer), "
        f"CAST(strftime('%%s', substr({end}, 1, 19)) AS integer) + (length({end}) > 19)"
    )


def _texts(choices: Sequence[str]) -> str:
    return ", ".join(f"'{choice}'" for choice in choices)


def _table(model: type[Any]) -> str:
    name: str = model._meta.db_table
    return name
