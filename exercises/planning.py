"""Which practice reminders should be in the ledger: one a day for each client who wants one.

A day has one where something asks for practice, or where something new is told of.
Runs at each tick for everybody and, for one client, in the transaction of whatever changes
what is wanted. Reads with the same few queries for one client and for all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from clients.models import Client
from counsel.accounts.models import Counsellor
from counsel.common.zones import local_date
from counsel.reminders.models import Reminder, State
from counsel.reminders.services import reminder_plan
from exercises.models import Assignment
from exercises.plans import ONE_DAY, Plan, is_wanted_on
from exercises.selectors.plans import plans_of
from exercises.selectors.today import LONGEST_LOOK_BACK, Answered, answered_since
from exercises.telling import is_news, window

KIND = "practice_today"
# Whose practice is under way: nobody who paused, ended or cannot sign in is reminded of it.
REMINDED = (Client.Status.PROSPECTIVE, Client.Status.ACTIVE)

Key: TypeAlias = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """One reminder that should be there."""

    client_id: UUID
    counsellor_id: UUID
    day: date
    due_at: datetime
    not_after: datetime

    @property
    def key(self) -> Key:
        return subject_of(self.client_id), self.day.isoformat()


def subject_of(client_id: UUID) -> str:
    return f"practice:{client_id}"


def practice_plan(now: datetime, *, client: Client | None = None) -> None:
    """Bring the ledger up to what is wanted today and tomorrow, of one client or of everybody.

    What is not wanted any more is withdrawn. A reminder whose hour has passed is not made up
    for: nobody asked for a mail at another hour. Each write checks for itself that nothing has
    changed, so a tick that finds all in order holds no lock.
    """
    wanted = {row.key: row for row in _wanted(now, client)}
    there = {(row.subject, row.occurrence): row for row in _ledger(now, client)}
    _add(row for key, row in wanted.items() if key not in there and row.due_at > now)
    for key, row in wanted.items():
        if key in there and row.due_at > now:
            _renew(there[key], row)
    _withdraw([row for key, row in there.items() if _is_stale(row, wanted.get(key), now)], now)


def _wanted(now: datetime, client: Client | None) -> Iterator[Wanted]:
    assignments: dict[Client, list[Assignment]] = {}
    for assignment in _open_for(now, client):
        assignments.setdefault(assignment.client, []).append(assignment)
    # The earliest today anywhere is yesterday in UTC.
    answered = answered_since(now.date() - ONE_DAY - LONGEST_LOOK_BACK, clients=assignments)
    plans = plans_of(
        [a for theirs in assignments.values() for a in theirs],
        now.date() - ONE_DAY,
        now.date() + 2 * ONE_DAY,
    )
    for person, theirs in assignments.items():
        today = local_date(now, person.zone)
        for day in (today, today + ONE_DAY):
            times = window(day, person)
            if times and any(
                _calls_for_mail(a, plans[a.pk], day, answered.get(a.pk, Answered())) for a in theirs
            ):
                yield Wanted(person.pk, person.counsellor_id, day, *times)


def _calls_for_mail(assignment: Assignment, plan: Plan, day: date, answered: Answered) -> bool:
    asks = day not in answered.could_not and is_wanted_on(plan, day, answered.done)
    return (assignment.reminders and asks) or is_news(assignment, plan, day, answered)


def _open_for(now: datetime, client: Client | None) -> Iterable[Assignment]:
    """What is open for anybody, on any date that is today or tomorrow somewhere."""
    first, last = now.date() - ONE_DAY, now.date() + 2 * ONE_DAY
    rows = Assignment.objects.open_between(first, last).filter(
        client__status__in=REMINDED,
        client__reminder_hour__isnull=False,
        client__user__is_active=True,
    )
    if client is not None:
        rows = rows.filter(client=client)
    own = ("rhythm", "times_a_week", "weekdays", "every_weeks", "earlier")
    dates = ("starts_on", "ends_on", "withdrawn_on", "created_at", "opened_at", "reminders")
    of_client = ("counsellor_id", "time_zone", "reminder_hour")
    return rows.select_related("client").only(
        *own, *dates, *(f"client__{name}" for name in of_client)
    )


def _ledger(now: datetime, client: Client | None) -> Iterable[Reminder]:
    """What still waits, and all that was planned for the days in question."""
    since = (now.date() - ONE_DAY).isoformat()
    rows = Reminder.objects.filter(Q(state=State.QUEUED) | Q(occurrence__gte=since), kind=KIND)
    if client is not None:
        rows = rows.filter(subject=subject_of(client.pk))
    return rows


def _add(rows: Iterable[Wanted]) -> None:
    Reminder.objects.bulk_create(
        (
            Reminder(
                counsellor_id=row.counsellor_id,
                kind=KIND,
                subject=row.key[0],
                occurrence=row.key[1],
                person=f"client:{row.client_id}",
                due_at=row.due_at,
                try_at=row.due_at,
                not_after=row.not_after,
            )
            for row in rows
        ),
        # Another worker may have written the same ones a moment ago.
        ignore_conflicts=True,
    )


def _renew(there: Reminder, row: Wanted) -> None:
    """Move a waiting reminder to its new hour; let a withdrawn one wait again."""
    moved = there.state == State.QUEUED and (there.due_at, there.not_after) != (
        row.due_at,
        row.not_after,
    )
    taken_back = there.state == State.CANCELLED and there.handed_over_at is None
    if moved or taken_back:
        reminder_plan(
            counsellor=Counsellor(pk=row.counsellor_id),
            kind=KIND,
            subject=there.subject,
            person=there.person,
            occurrence=there.occurrence,
            due_at=row.due_at,
            not_after=row.not_after,
        )


def _is_stale(there: Reminder, row: Wanted | None, now: datetime) -> bool:
    if there.state != State.QUEUED:
        return False
    if row is None:
        # The day before: too late to send, and the dispatcher says so itself.
        return there.not_after > now
    return row.due_at <= now and row.due_at != there.due_at


def _withdraw(rows: list[Reminder], now: datetime) -> None:
    if rows:
        Reminder.objects.filter(pk__in=[row.pk for row in rows], state=State.QUEUED).update(
            state=State.CANCELLED, reason=_("not wanted any more"), finished_at=now
        )
