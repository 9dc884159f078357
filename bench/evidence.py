"""How long it takes to tell what happened, from an access log of a million events."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.core.management import call_command

from bench.figures import Figure, seconds
from counsel.audit.chain import GENESIS, link_of
from counsel.audit.models import AccessEvent, Verb
from tests.factories import make_counsellor
from tools.say import Progress

ROWS, AT_ONCE = 1_000_000, 10_000
# A notice is due within 72 hours; nobody should wait for the list.
LONGEST_SECONDS = 300
BEGAN = datetime(2030, 1, 1, tzinfo=UTC)


def figures() -> Iterator[Figure]:
    email = _log_of(ROWS)
    window = ("--from", BEGAN.isoformat(), "--until", (BEGAN + timedelta(days=90)).isoformat())
    with tempfile.TemporaryDirectory() as folder:
        for name, more in (("everything", ()), ("one_person", ("--user", email))):
            to = str(Path(folder) / f"{name}.jsonl")
            took = seconds(lambda: call_command("access_evidence", *window, *more, "--to", to))  # noqa: B023
            yield Figure(f"evidence.{name}.seconds", [took], "<=", LONGEST_SECONDS)


def _log_of(count: int) -> str:
    """One event every five seconds, by twenty people about two thousand records."""
    people = [make_counsellor().user for _number in range(20)]
    records = [uuid.uuid4() for _number in range(2_000)]
    previous, progress = GENESIS, Progress()
    for start in range(1, count + 1, AT_ONCE):
        rows = []
        for number in range(start, start + AT_ONCE):
            record = records[number * 7 % len(records)]
            event = AccessEvent(
                sequence=number,
                at=BEGAN + timedelta(seconds=5 * number),
                actor=people[number % len(people)],
                verb=(Verb.READ, Verb.LIST, Verb.EXPORT, Verb.CHANGE)[number % 4],
                subject="clients.client",
                subject_id=record,
                client_id=record,
                request_id=uuid.uuid4(),
                ip=f"192.0.2.{number % 250}",
                previous_hash=previous,
            )
            event.hash = previous = link_of(event)
            rows.append(event)
        AccessEvent.objects.bulk_create(rows)
        progress.step(f"access events: {start + AT_ONCE - 1:,} of {count:,}")
    progress.done()
    return str(people[0].email)
