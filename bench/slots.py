"""Open slots of one counsellor: queries for any span, and time against the size of the diary,
against another package's, and against the database's own work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from typing import Any

import psycopg
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from psycopg import Connection

from bench.database import url
from bench.figures import Figure, ratios, seconds
from bench.versus import peer
from counsel.common.zones import local_date
from sessions.models import Consultation, Service, Status
from sessions.selectors import open_slots
from tests.factories import make_client, make_consultation, make_counsellor, make_rule, make_service

DAYS = 56
SPANS_DAYS = (1, 7, DAYS, 365)
REPEATS = 41
PEER_REPEATS = 9
HOUR = timedelta(hours=1)


def figures() -> Iterator[Figure]:
    now = timezone.now().replace(minute=0, second=0, microsecond=0)
    short_history = practice(now, history=100, coming=100)
    long_history = practice(now, history=10_000, coming=100)
    # 56 days hold 672 consultations two hours apart, day and night.
    full_diary = practice(now, history=100, coming=650)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")

    yield Figure("slots.vs_peer", against_peer(long_history), ">=", 100)
    yield Figure("slots.queries", [most_queries(long_history, now)], "<=", 3)
    for name, large in (("history", long_history), ("window", full_diary)):
        growth = ratios(reading(large, now), reading(short_history, now), repeats=REPEATS)
        yield Figure(f"slots.growth.{name}", growth, "<=", 1.5)
    # Never reached: what counts toward it is read all the same.
    for service in (long_history, short_history):
        service.weekly_maximum = 1000
    growth = ratios(reading(long_history, now), reading(short_history, now), repeats=REPEATS)
    yield Figure("slots.growth.history_with_a_maximum", growth, "<=", 1.5)
    long_history.weekly_maximum = None
    with psycopg.connect(url(), autocommit=True) as raw:
        limit = ratios(
            reading(long_history, now), fetching(long_history, now, raw), repeats=REPEATS
        )
    yield Figure("slots.vs_limit", limit, "<=", 4)


def against_peer(service: Service) -> list[float]:
    """The peer's time over ours: its day function for each of the days, ours for all of them."""
    now = timezone.now()
    ours = reading(service, now)
    with peer(service, now, DAYS) as other:
        for _warm_up in range(2):
            other.seconds()
            seconds(ours)
        return [other.seconds() / seconds(ours) for _repeat in range(PEER_REPEATS)]


def fetching(service: Service, now: datetime, raw: Connection[Any]) -> Callable[[], object]:
    """No more than the rows: what a consultation holds, and what it counts toward."""
    query = (
        "SELECT service_id, starts_at, held_from, held_until FROM consultations_consultation "
        "WHERE counsellor_id = %s AND status IN ('pending', 'confirmed') "
        "AND held_until > %s AND held_from < %s"
    )
    given = (service.counsellor_id, now, now + timedelta(days=DAYS + 1))
    return lambda: raw.execute(query, given).fetchall()


def practice(now: datetime, *, history: int, coming: int) -> Service:
    """A counsellor open 8 to 20 every day, with hourly consultations behind and ahead."""
    counsellor = make_counsellor(time_zone="Europe/London")
    for weekday in range(7):
        make_rule(counsellor=counsellor, weekday=weekday, starts=time(8), ends=time(20))
    service = make_service(counsellor=counsellor, length=50, buffer_after=10, step=60, horizon=365)
    row = make_consultation(
        client=make_client(counsellor=counsellor), service=service, starts_at=now - HOUR * 2
    )
    # Two hours apart: history and future alike stay clear of each other.
    behind = [copy_at(row, now - HOUR * (4 + 2 * n), Status.COMPLETED) for n in range(history)]
    ahead = [copy_at(row, now + HOUR * (2 + 2 * n), Status.CONFIRMED) for n in range(coming)]
    Consultation.objects.bulk_create(behind + ahead, batch_size=1000)
    return service


def copy_at(row: Consultation, starts_at: datetime, status: Status) -> Consultation:
    return Consultation(
        counsellor_id=row.counsellor_id,
        client_id=row.client_id,
        service_id=row.service_id,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=50),
        held_from=starts_at,
        held_until=starts_at + HOUR,
        time_zone=row.time_zone,
        place=row.place,
        cancel_notice=row.cancel_notice,
        status=status,
    )


def most_queries(service: Service, now: datetime) -> int:
    return max(queries(reading(service, now, days)) for days in SPANS_DAYS)


def queries(call: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as captured:
        call()
    return len(captured)


def reading(service: Service, now: datetime, days: int = DAYS) -> Callable[[], object]:
    today = local_date(now, service.counsellor.zone)
    # The service is fetched once, as the page that shows the slots has it already.
    return lambda: open_slots(service, today, today + timedelta(days=days - 1), now)
