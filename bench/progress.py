"""The brief of a client with a short history against that of one with a long one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bench.figures import Figure, ratios
from bench.history import client_with
from clients.models import Client
from counsel.desk.brief import brief_of

SIZES = (10, 1_000, 100_000)
REPEATS = 41


def figures() -> Iterator[Figure]:
    now = timezone.now()
    people = {size: client_with(size, now) for size in SIZES}
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    asked = [queries(person, now) for person in people.values()]
    yield Figure("progress.queries", asked, "<=", 12)
    yield Figure("progress.queries.difference", [max(asked) - min(asked)], "<=", 0)
    growth = ratios(reading(people[100_000], now), reading(people[1_000], now), repeats=REPEATS)
    yield Figure("progress.growth", growth, "<=", 1.3)


def queries(person: Client, now: datetime) -> int:
    with CaptureQueriesContext(connection) as captured:
        brief_of(person, now)
    return len(captured)


def reading(person: Client, now: datetime) -> Callable[[], object]:
    return lambda: brief_of(person, now)
