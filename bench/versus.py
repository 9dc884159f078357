"""Open times against django-appointment, a package made for the same: one process for each side."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.db import connection

from bench.database import url
from sessions.models import Consultation, Service
from sessions.selectors import open_slots
from tools import peers

PEER = Path(__file__).parent / "peer"


class Peer:
    """A process that keeps the practice it was given, and finds its open times when asked."""

    def __init__(self, process: subprocess.Popen[str], given: dict[str, Any]) -> None:
        self.process = process
        self.starts: list[str] = self._ask(given)

    def seconds(self) -> float:
        """What finding them took, by its own clock."""
        took: float = self._ask("again")
        return took

    def _ask(self, question: object) -> Any:
        if self.process.stdin is None or self.process.stdout is None:
            raise RuntimeError("The peer was started without pipes.")
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


@contextmanager
def peer(service: Service, now: datetime, days: int) -> Iterator[Peer]:
    """The same practice in the peer's own tables, on the same database server.

    Raises AssertionError where it does not find the same open times.
    """
    python = peers.ensure()
    name = f"counsel_peer_{uuid4().hex}"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    env = {
        **os.environ,
        "PEER_DATABASE_URL": url(name),
        "PEER_TIME_ZONE": service.counsellor.time_zone,
    }
    command = [str(python), "-W", "ignore", str(PEER / "answer.py")]
    pipe = subprocess.PIPE
    try:
        with subprocess.Popen(command, env=env, text=True, stdin=pipe, stdout=pipe) as process:
            found = Peer(process, _practice(service, now, days))
            if found.starts != _starts(service, now, days):
                raise AssertionError("The two do not find the same open times.")
            yield found
            process.terminate()
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _practice(service: Service, now: datetime, days: int) -> dict[str, Any]:
    rule = service.counsellor.availability_rules.first()
    if rule is None:
        raise RuntimeError("The practice has no hours.")
    zone = service.counsellor.zone
    booked = [
        (starts_at.astimezone(zone), ends_at.astimezone(zone))
        for starts_at, ends_at in Consultation.objects.filter(service=service).values_list(
            "starts_at", "ends_at"
        )
    ]
    return {
        "opens": rule.starts.isoformat(),
        "closes": rule.ends.isoformat(),
        "step": service.step,
        "length": service.length,
        "notice": service.minimum_notice * 60,
        "days": [day.isoformat() for day in _days(service, now, days)],
        "booked": [
            (start.date().isoformat(), start.time().isoformat(), end.time().isoformat())
            for start, end in booked
        ],
    }


def _days(service: Service, now: datetime, days: int) -> list[date]:
    today = now.astimezone(service.counsellor.zone).date()
    return [today + timedelta(days=n) for n in range(days)]


def _starts(service: Service, now: datetime, days: int) -> list[str]:
    asked = _days(service, now, days)
    zone = service.counsellor.zone
    slots = open_slots(service, asked[0], asked[-1], now)
    return [slot.start.astimezone(zone).replace(tzinfo=None).isoformat() for slot in slots]
