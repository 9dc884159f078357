"""Clients with any number of entries behind them, made in seconds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice

from clients.models import Client
from counsel.common.zones import local_date
from exercises.models import Assignment, Entry, EntryFact, Review
from exercises.services.practising import facts_of
from tests.factories import make_assignment, make_client, make_consultation, make_version
from tools.say import Progress

AT_ONCE = 5_000
# What a brief looks back for at the most lies after this: history begins before it.
BEFORE = timedelta(weeks=27)
OVER_DAYS = 3_650
STEPS = [
    {
        "key": "pause",
        "title": "Pause",
        "fields": [
            {"key": "first", "kind": "scale", "label": "Now?", "role": "before"},
            {"key": "named", "kind": "feelings", "label": "This is"},
            {"key": "told", "kind": "long_text", "label": "The words", "role": "share"},
            {"key": "last", "kind": "scale", "label": "And now?", "role": "after"},
        ],
    }
]
FEELINGS = ("fear", "shame", "sadness", "anger", "hope", "trust", "calm", "vulnerability")
# In the brief of each of them: since the last consultation, unread.
LATELY = 30


def client_with(entries: int, now: datetime) -> Client:
    """Somebody who practised daily: `LATELY` times in the last four weeks, the rest long ago."""
    person: Client = make_client()
    version = make_version(steps=STEPS)
    first = local_date(now - BEFORE - timedelta(days=OVER_DAYS), person.zone)
    given = make_assignment(client=person, version=version, starts_on=first, rhythm="daily")
    for weeks in (4, 8, 12):
        held = now - timedelta(weeks=weeks)
        make_consultation(client=person, starts_at=held, status="completed")
    lately = min(LATELY, entries)
    rows = [*_entries(given, lately, now, timedelta(weeks=4) / (LATELY + 1))]
    _save(iter(rows), lately, "lately")
    older = entries - lately
    step = timedelta(days=OVER_DAYS) / max(older, 1)
    _save(_entries(given, older, now - BEFORE, step), older, "history")
    _read_all(person, now - BEFORE)
    return person


def _entries(given: Assignment, count: int, last: datetime, step: timedelta) -> Iterator[Entry]:
    for number in range(1, count + 1):
        happened = last - number * step
        feeling = FEELINGS[number % len(FEELINGS)]
        entry = Entry(
            client=given.client,
            version=given.version,
            assignment=given,
            state=Entry.State.SUBMITTED,
            sharing="shared" if number % 3 else "private",
            happened_at=happened,
            logged_at=happened,
            local_date=local_date(happened, given.client.zone),
        )
        told = {"first": number % 11, "last": 3, "named": [feeling], "told": "I stayed."}
        entry.answers = told
        yield entry


def _save(rows: Iterator[Entry], count: int, what: str) -> None:
    progress, done = Progress(), 0
    while chunk := list(islice(rows, AT_ONCE)):
        Entry.objects.bulk_create(chunk)
        steps = chunk[0].version.parsed_steps()
        EntryFact.objects.bulk_create(fact for entry in chunk for fact in facts_of(entry, steps))
        done += len(chunk)
        progress.step(f"{what}: {done:,} of {count:,} entries")
    progress.done()


def _read_all(person: Client, until: datetime) -> None:
    """All that was shared before was read: nobody has years of unread entries."""
    read = Entry.objects.shared().filter(client=person, happened_at__lt=until)
    read.update(seen=True)
    ids = read.values_list("pk", flat=True).iterator()
    while chunk := list(islice(ids, AT_ONCE)):
        Review.objects.bulk_create(Review(entry_id=pk, seen_at=until) for pk in chunk)
