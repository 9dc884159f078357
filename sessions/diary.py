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
from sessions.availability import Span, WeeklyRule
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


@dataclass(frozen=True, slots=True)
class Diary:
    """All that open times are worked out from, for every service of one counsellor.

    `rules` are by the service they are for, under None those for all others. `taken` are the
    starts, by service, of what counts toward its maxima, in seconds as in a span.
    """

    rules: Mapping[UUID | None, Sequence[WeeklyRule]]
    extra: Sequence[Span]
    time_off: Sequence[Span]
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
    """What touches this span, in three queries, whatever the span.

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

        def rows(sql: str) -> list[tuple[Any, ...]]:
            cursor.execute(sql, given)
            found: list[tuple[Any, ...]] = cursor.fetchall()
            return found

        rules = rows(_rules_sql())
        exceptions = rows(_exceptions_sql(connection.vendor))
        held = rows(_held_sql(connection.vendor, limited))
    kinds = AvailabilityException.Kind
    return Diary(
        rules=_rules(rules),
        extra=[Span(*span) for kind, *span in exceptions if kind == kinds.EXTRA],
        time_off=[Span(*span) for kind, *span in exceptions if kind == kinds.TIME_OFF],
        busy=[(starts, ends) for service, starts, ends in held if service is None],
        taken=_taken(held) if limited else {},
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


def _taken(rows: list[tuple[Any, ...]]) -> Mapping[UUID, Sequence[int]]:
    starts = defaultdict(list)
    for service, at, _end in rows:
        if service is not None:
            starts[service].append(at)
    return {UUID(service): found for service, found in starts.items()}


@cache
def _rules_sql() -> str:
    columns = ("service_id", "starts", "ends", "valid_from", "valid_until")
    service, starts, ends, since, until = (f"CAST({column} AS text)" for column in columns)
    return (
        f"SELECT {service}, weekday, {starts}, {ends}, {since}, {until} "
        f"FROM {_table(AvailabilityRule)} WHERE counsellor_id = %(counsellor)s"
    )


@cache
def _exceptions_sql(vendor: str) -> str:
    span = _span(vendor, "starts_at", "ends_at")
    return (
        f"SELECT kind, {span} FROM {_table(AvailabilityException)} "
        "WHERE counsellor_id = %(counsellor)s "
        "AND ends_at > %(start)s AND starts_at < %(end)s"
    )


@cache
def _held_sql(vendor: str, limited: bool) -> str:
    """Rows of a service (none: the time is busy, for whatever it is asked), start and end."""
    consultations, holds = _table(Consultation), _table(Hold)
    held, starts = _span(vendor, "held_from", "held_until"), _span(vendor, "starts_at", "starts_at")
    own = "counsellor_id = %(counsellor)s AND id <> %(without)s"
    is_open = f"{own} AND state = '{Hold.State.OPEN}' AND expires_at > %(now)s"
    touches = "held_until > %(start)s AND held_from < %(end)s"
    begins = "starts_at >= %(start)s AND starts_at < %(end)s"
    parts = [
        f"SELECT NULL, {held} FROM {consultations} WHERE {own} "
        f"AND status IN ({_texts(HOLDING)}) AND {touches}",
        f"SELECT NULL, {held} FROM {holds} WHERE {is_open} AND {touches}",
        f"SELECT NULL, {_span(vendor, 'b.starts_at', 'b.ends_at')} FROM {_table(BusyTime)} b "
        f"JOIN {_table(ImportedCalendar)} c ON c.id = b.calendar_id AND c.is_on "
        "WHERE b.counsellor_id = %(counsellor)s "
        "AND b.ends_at > %(start)s AND b.starts_at < %(end)s",
    ]
    if limited:
        # Those that are over still count toward the maxima of their day and week.
        service = "CAST(service_id AS text)"
        parts += [
            f"SELECT {service}, {starts} FROM {consultations} WHERE {own} "
            f"AND status IN ({_texts(KEPT)}) AND {begins}",
            f"SELECT {service}, {starts} FROM {holds} WHERE {is_open} AND {begins}",
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
