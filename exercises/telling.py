"""When a client hears of practice by mail: the hour of a day, and the day on which something
newly given is told of. Both follow from the rows alone, so they come out the same each time.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from clients.models import Client
from counsel.common.zones import day_bounds, local_date
from counsel.reminders.timing import local_hour
from exercises.models import Assignment
from exercises.plans import ONE_DAY, Plan
from exercises.selectors.today import (
    LONGEST_LOOK_BACK,
    Answered,
    answered_since,
    open_assignments,
)

LATEST = timedelta(hours=3)


def window(day: date, client: Client) -> tuple[datetime, datetime] | None:
    """When the day's mail is due, and how late it may go: three hours, and that day only.

    None for a day that the client's zone skips, and for a client who wants no mails.
    """
    if client.reminder_hour is None:
        return None
    due_at = local_hour(day, client.reminder_hour, client.zone)
    day_ends = day_bounds(day, client.zone)[1]
    if due_at >= day_ends:
        return None
    return due_at, min(due_at + LATEST, day_ends - timedelta(seconds=1))


def is_news(assignment: Assignment, plan: Plan, day: date, answered: Answered) -> bool:
    """Whether the mail of `day` is the one that says there is something new.

    It is the first whose hour comes after the assignment was given, or opened by hand, on a day
    on which it is open. Not for somebody who has answered it already. Load `client` and `pauses`
    with it.
    """
    if answered.done or answered.could_not or not plan.covers(day):
        return False
    first = max(assignment.starts_on, local_date(assignment.told_from, assignment.client.zone))
    if day < first or not _could_tell(assignment, day):
        return False
    before = (first + n * ONE_DAY for n in range((day - first).days))
    return not any(_could_tell(assignment, earlier) for earlier in before)


def has_news(client: Client, day: date) -> bool:
    """Whether the client's mail of that day, sent now, tells of something new."""
    answered = answered_since(day - LONGEST_LOOK_BACK, clients=[client])
    return any(
        is_news(assignment, assignment.plan, day, answered.get(assignment.pk, Answered()))
        for assignment in open_assignments(client, day)
    )


def _could_tell(assignment: Assignment, day: date) -> bool:
    """Whether that day's mail could speak of it, as things stood at its hour."""
    times = window(day, assignment.client)
    if times is None or times[0] <= assignment.told_from:
        return False
    return not any(
        pause.covers(day) and pause.created_at < times[0] for pause in assignment.pauses.all()
    )
