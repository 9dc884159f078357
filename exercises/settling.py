"""What came of the homework messages that have gone out: which asked for practice in vain, which
was the last, and which words of the counsellor's somebody has been told of.

Read from the ledger at each planning, since who sends knows nothing of homework. Each is noted
once, however often and by however many it is found.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime
from itertools import groupby
from uuid import UUID

from clients.models import Client
from clients.reach import person_of
from counsel.reminders.models import Reminder, State
from exercises.digest import ASKING, Part, read
from exercises.models import Reply
from exercises.selectors.digests import Person
from exercises.services.nudging import nudges_count, nudges_stop

# A message that did not go out because of what the client said themselves is among these.
_SETTLED = (State.SENT, State.SKIPPED, State.CANCELLED)


def settle(everybody: Iterable[Person], ledger: Iterable[Reminder], now: datetime) -> list[Person]:
    """Note it, and return everybody as they are then."""
    rows: dict[str, list[Reminder]] = {}
    for row in ledger:
        if row.state in _SETTLED and row.due_at <= now:
            rows.setdefault(row.person, []).append(row)
    counted: dict[date, list[UUID]] = {}
    told: list[UUID] = []
    readers: list[Client] = []
    settled = []
    for person in everybody:
        for day, theirs in _by_day(rows.get(person_of(person.client), ())):
            if replies := _told_by(theirs, person):
                told += replies
                readers.append(person.client)
            if person.until is not None and day <= person.until:
                continue
            if _is_last(theirs):
                nudges_stop(client=person.client, day=day, now=now)
                person = person.after_asking(day, frozenset({Part.LAST}))
            elif _has_asked(theirs, person, day):
                counted.setdefault(day, []).append(person.client.pk)
                person = person.after_asking(day, ASKING)
        settled.append(replace(person, unread=[r for r in person.unread if r.reply_id not in told]))
    for day, clients in counted.items():
        nudges_count(clients=clients, day=day)
    if told:
        read_of = Reply.objects.filter(pk__in=told, entry__client__in=readers)
        read_of.filter(told_at=None).update(told_at=now)
    return settled


def _by_day(rows: Iterable[Reminder]) -> Iterator[tuple[date, list[Reminder]]]:
    """Of one client, the rows of all channels together."""
    in_order = sorted(rows, key=lambda row: row.occurrence)
    for day, theirs in groupby(in_order, key=lambda row: row.occurrence):
        yield date.fromisoformat(day), list(theirs)


def _told_by(rows: Iterable[Reminder], person: Person) -> list[UUID]:
    sent = [
        row.handed_over_at or row.due_at
        for row in rows
        if row.state == State.SENT and Part.REPLY in read(row.about)
    ]
    return [words.reply_id for words in person.unread if any(words.written_at < at for at in sent)]


def _is_last(rows: Iterable[Reminder]) -> bool:
    return any(row.state == State.SENT and Part.LAST in read(row.about) for row in rows)


def _has_asked(rows: Iterable[Reminder], person: Person, day: date) -> bool:
    """A day on which somebody said that it wasn't a day for it counts like any other: the count
    must not tell it apart.
    """
    return any(
        (row.state == State.SENT and read(row.about) & ASKING)
        or (person.could_not(day) and person.would_ask(day, reply=Part.REPLY in read(row.about)))
        for row in rows
    )
