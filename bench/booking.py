"""Booking: whether anything is ever booked twice, and what a booking costs beside its bare SQL."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias
from uuid import uuid4

import psycopg
from django.db import connection, transaction
from django.utils import timezone
from psycopg import Connection

from bench.database import url
from bench.figures import Figure, seconds
from clients.models import ConsentDocument
from clients.selectors import current_consent
from clients.services import consent_documents_load
from sessions.models import Service
from sessions.services import consultation_request
from tests.factories import make_counsellor, make_rule, make_service
from tools.children import ROOT

ROUNDS = 200
BOOKINGS = 60
WARM_UP = 10

Statement: TypeAlias = tuple[str, Any]


def figures() -> Iterator[Figure]:
    yield Figure("booking.vs_limit", against_its_sql(), ">=", 0.4)
    for name, place in (("postgresql", on_postgresql), ("sqlite", on_sqlite)):
        with place() as env:
            yield from fought(name, env)


# --- Speed


def against_its_sql() -> list[float]:
    """The rate of `consultation_request`, over that of its own statements and nothing else.

    Each pair books two times beside each other, for two people not known before. The statements
    of the one are taken down from a booking that is taken back, then run for themselves.
    """
    consent_documents_load()
    consent = current_consent("booking", "en-gb")
    service = open_all_day()
    first = timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=3)
    measured = []
    # Values are put into the statements by the client, as Django has it: the same on the wire.
    client_cursor = psycopg.ClientCursor
    with psycopg.connect(url(), autocommit=True, cursor_factory=client_cursor) as raw:
        for number in range(WARM_UP + BOOKINGS):
            ours, theirs = (first + timedelta(hours=2 * number + one) for one in (0, 1))
            statements = taken_down(service, theirs, consent)
            limit = seconds(partial(replay, raw, statements))
            measured.append(limit / seconds(partial(book, service, ours, consent)))
    return measured[WARM_UP:]


def open_all_day() -> Service:
    counsellor = make_counsellor(time_zone="Europe/London")
    for weekday in range(7):
        make_rule(counsellor=counsellor, weekday=weekday, starts=time(0), ends=time(0))
    return make_service(counsellor=counsellor, length=50, buffer_after=10, step=60, horizon=365)


def book(service: Service, at: datetime, consent: ConsentDocument) -> None:
    consultation_request(
        service=service,
        starts_at=at,
        name="Anna",
        email=f"{uuid4().hex}@example.org",
        time_zone="Europe/London",
        consent=consent,
        idempotency_key=uuid4().hex,
    )


def taken_down(service: Service, at: datetime, consent: ConsentDocument) -> list[Statement]:
    """The statements of one booking that is taken back, as Django handed them to psycopg."""
    said: list[Statement] = []

    def listen(
        execute: Callable[..., object], sql: str, params: Any, many: bool, context: Any
    ) -> object:
        said.append((sql, params))
        return execute(sql, params, many, context)

    with transaction.atomic():
        with connection.execute_wrapper(listen):
            book(service, at, consent)
        transaction.set_rollback(True)
    # Inside our transaction the booking's own begins and ends as a savepoint.
    return [("BEGIN", None), *said[1:-1], ("COMMIT", None)]


def replay(raw: Connection[Any], statements: list[Statement]) -> None:
    with raw.cursor() as cursor:
        for sql, params in statements:
            cursor.execute(sql.encode(), params)
            if cursor.description:
                cursor.fetchall()


# --- Races


def fought(name: str, env: dict[str, str]) -> Iterator[Figure]:
    """Eight processes, all ways of booking and changing mixed; what came of it is printed."""
    result = json.loads(_output([sys.executable, "-m", "tests.sessions.race_mixed", ROUNDS], env))
    outcomes: Counter[str] = Counter()
    for told, count in result["told"].items():
        outcomes[told.split(": ", 2)[1]] += count
        if "error" in told:
            print(f"  {told} ({count})")
    counted = ", ".join(f"{count} {outcome}" for outcome, count in outcomes.most_common())
    print(f"  {name}, {ROUNDS} rounds of 8: {counted}; slowest {result['slowest']:.1f} s")
    never = ", ".join(f"{count} {what}" for what, count in result["never"].items())
    print(f"  {name}, counted by SQL: {never}", flush=True)
    errors = sum(outcomes.values()) - outcomes["done"] - outcomes["refused"]
    yield Figure(f"booking.doubles.{name}", [sum(result["never"].values())], "<=", 0)
    yield Figure(f"booking.errors.{name}", [errors], "<=", 0)


@contextmanager
def on_postgresql() -> Iterator[dict[str, str]]:
    """The environment of a Counsel of its own on the bench's server."""
    name = f"counsel_race_{uuid4().hex}"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    try:
        with _counsel(url(name)) as env:
            yield env
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def on_sqlite() -> Iterator[dict[str, str]]:
    """The environment of a Counsel in a folder, with no other service."""
    with tempfile.TemporaryDirectory() as folder, _counsel(f"sqlite:///{folder}/db") as env:
        yield env


@contextmanager
def _counsel(database_url: str) -> Iterator[dict[str, str]]:
    with tempfile.TemporaryDirectory() as folder:
        for part in ("broker/control", "mail", "static"):
            (Path(folder) / part).mkdir(parents=True)
        own = {"COUNSEL_VAR": folder, "DATABASE_URL": database_url}
        env = {**os.environ, "DJANGO_SETTINGS_MODULE": "counsel.settings", **own}
        if database_url.startswith("sqlite"):
            del env["REDIS_URL"]
        for command in ("migrate", "createcachetable"):
            _output([sys.executable, "manage.py", command, "--verbosity", "0"], env)
        yield env


def _output(command: list[object], env: dict[str, str]) -> str:
    words = [str(word) for word in command]
    done = subprocess.run(words, cwd=ROOT, env=env, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout
