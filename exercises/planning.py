"""Which homework messages should be in the ledger: one a day for each client who wants one.

A day has one where something asks for practice, or where something new is told of, be it an
exercise or words of the counsellor's. There is one row for the day, whatever it speaks of: so the
database itself refuses a second message, and what became of a row tells no more than that.
Which things it speaks of stands in `Reminder.about`.

Runs at each tick for everybody and, for one client, in the transaction of whatever changes
what is wanted. Reads with the same few queries for one client and for all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeAlias
from uuid import UUID

from django.utils.translation import gettext as _

from clients.models import Client
from clients.reach import channels_of, person_of
from counsel.common.zones import local_date
from counsel.reminders.models import Reminder, State
from exercises.digest import KIND, Part, written
from exercises.plans import ONE_DAY
from exercises.selectors.digests import Person, people
from exercises.settling import settle
from exercises.telling import later_window, window

# Nobody's today or tomorrow, by whatever clock, has its hour further away.
AROUND = timedelta(days=3)

# The client's practice, a local day, and the channel.
Key: TypeAlias = tuple[str, str, str]
Ledger: TypeAlias = Mapping[Key, Reminder]


@dataclass(frozen=True, slots=True)
class Wanted:
    """The message that should be there for one client's day.

    One that is `late` tells of words that came after the day's hour.
    """

    client: Client
    day: date
    parts: frozenset[Part]
    due_at: datetime
    not_after: datetime
    late: bool = False

    @property
    def keys(self) -> list[Key]:
        subject, day = subject_of(self.client.pk), self.day.isoformat()
        return [(subject, day, channel) for channel in channels_of(self.client, KIND)]

    @property
    def times(self) -> tuple[datetime, datetime]:
        return self.due_at, self.not_after

    def may_begin(self, now: datetime) -> bool:
        """An hour that has passed is not made up for: nobody asked for a mail at another."""
        return self.due_at > now or (self.late and self.not_after > now)


def subject_of(client_id: UUID) -> str:
    return f"practice:{client_id}"


def practice_replan(client: Client, now: datetime) -> None:
    practice_plan(now, client=client)


def practice_plan(now: datetime, *, client: Client | None = None) -> None:
    """Bring the ledger up to what is wanted today and tomorrow, of one client or of everybody.

    What is not wanted any more is withdrawn. Each write checks for itself that nothing has
    changed, so a tick that finds all in order holds no lock.
    """
    ledger = {(row.subject, row.occurrence, row.channel): row for row in _rows(now, client)}
    everybody = settle(people(now, client), ledger.values(), now)
    wanted = {key: row for row in _wanted(everybody, ledger, now) for key in row.keys}
    _add((key, row) for key, row in wanted.items() if key not in ledger and row.may_begin(now))
    for key, row in wanted.items():
        if key in ledger and row.may_begin(now):
            _renew(ledger[key], row)
    _withdraw([row for key, row in ledger.items() if _is_stale(row, wanted.get(key), now)], now)


def _wanted(everybody: Iterable[Person], ledger: Ledger, now: datetime) -> Iterator[Wanted]:
    for person in everybody:
        today = local_date(now, person.client.zone)
        first = _wanted_today(person, today, ledger, now)
        reply = bool(person.unread)
        if first is not None:
            yield first
            if _is_to_come(first, ledger, now):
                person = person.after_asking(today, first.parts)
                reply = reply and Part.REPLY not in first.parts
        times = window(today + ONE_DAY, person.client)
        parts = person.parts_on(today + ONE_DAY, reply=reply)
        if times and parts:
            yield Wanted(person.client, today + ONE_DAY, parts, *times)


def _wanted_today(person: Person, today: date, ledger: Ledger, now: datetime) -> Wanted | None:
    client = person.client
    times = window(today, client)
    if times is None:
        return None
    at_its_hour = Wanted(client, today, person.parts_on(today, reply=bool(person.unread)), *times)
    if times[0] > now or _waits_for_its_hour(at_its_hour, ledger):
        return at_its_hour if at_its_hour.parts else None
    later = later_window(today, (row.written_at for row in person.unread), client, person.ours)
    return Wanted(client, today, frozenset({Part.REPLY}), *later, late=True) if later else None


def _waits_for_its_hour(row: Wanted, ledger: Ledger) -> bool:
    there = (ledger[key] for key in row.keys if key in ledger)
    return any(it.state == State.QUEUED and it.due_at == row.due_at for it in there)


def _is_to_come(row: Wanted, ledger: Ledger, now: datetime) -> bool:
    """Whether the day's message still waits, or will once this is written."""
    for key in row.keys:
        there = ledger.get(key)
        if there is None or _may_wait_again(there):
            if row.may_begin(now):
                return True
        elif there.state in (State.QUEUED, State.CLAIMED):
            return True
    return False


def _may_wait_again(there: Reminder) -> bool:
    return there.state == State.CANCELLED and there.handed_over_at is None


def _rows(now: datetime, client: Client | None) -> Iterable[Reminder]:
    """All that was planned for the days in question, but for copies made by hand."""
    near = {"due_at__gte": now - AROUND, "due_at__lte": now + AROUND}
    if client is None:
        rows = Reminder.objects.across_caseloads("the tick plans for everybody")
    else:
        rows = Reminder.objects.filter(subject=subject_of(client.pk))
    return rows.filter(kind=KIND, copy=0, **near)


def _add(rows: Iterable[tuple[Key, Wanted]]) -> None:
    new = [
        Reminder(
            counsellor_id=row.client.counsellor_id,
            kind=KIND,
            subject=subject,
            occurrence=occurrence,
            person=person_of(row.client),
            channel=channel,
            about=written(row.parts),
            due_at=row.due_at,
            try_at=row.due_at,
            not_after=row.not_after,
        )
        for (subject, occurrence, channel), row in rows
    ]
    if new:
        # Another worker may have written the same ones a moment ago.
        Reminder.objects.bulk_create(new, ignore_conflicts=True)


def _renew(there: Reminder, row: Wanted) -> None:
    """Move a waiting message to its new hour, or have it speak of something else; let a withdrawn
    one wait again.
    """
    about, waits = written(row.parts), there.state == State.QUEUED
    moves = waits and (there.due_at, there.not_after) != row.times
    values: dict[str, object] = {}
    if moves or _may_wait_again(there):
        values = {
            **{"due_at": row.due_at, "try_at": row.due_at, "not_after": row.not_after},
            **{"state": State.QUEUED, "attempts": 0, "reason": "", "finished_at": None},
        }
    elif not waits or there.about == about:
        return
    is_there = Reminder.objects.these(there).filter(state=there.state, handed_over_at=None)
    is_there.update(about=about, **values)


def _is_stale(there: Reminder, row: Wanted | None, now: datetime) -> bool:
    if there.state != State.QUEUED:
        return False
    if row is None:
        # The day before: too late to send, and the dispatcher says so itself.
        return there.not_after > now
    return not row.may_begin(now) and row.due_at != there.due_at


def _withdraw(rows: list[Reminder], now: datetime) -> None:
    if rows:
        Reminder.objects.these(*rows).filter(state=State.QUEUED).update(
            state=State.CANCELLED, reason=_("not wanted any more"), finished_at=now
        )
