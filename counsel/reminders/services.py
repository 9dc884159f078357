"""Writes the ledger: which reminders should exist, and which should not any more.

Call these in the transaction of the change that causes them, and a change that is rolled back
leaves no reminder behind. Sending is `counsel.reminders.dispatch`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from counsel.accounts.models import Counsellor
from counsel.common.inserting import insert_if_new
from counsel.reminders.models import Channel, Reminder, State
from counsel.reminders.registry import get_kind

# The dispatcher takes first what should have been tried first.
_AHEAD = timedelta(days=1)


def reminder_plan(
    *,
    counsellor: Counsellor,
    kind: str,
    subject: str,
    person: str,
    due_at: datetime,
    not_after: datetime,
    occurrence: str = "",
    offset_minutes: int = 0,
    channel: str = Channel.EMAIL,
    urgent: bool = False,
) -> Reminder:
    """The one reminder of this kind, about this, for this person and channel; written if missing.

    Planning again changes nothing, except that a waiting one moves to new times and a withdrawn
    one waits again. What was taken up, sent or settled stays as it is.
    An `urgent` one that is due goes before whatever has waited for less than a day.
    Raises KeyError for a kind that nobody registered.
    """
    get_kind(kind)
    times = {"due_at": due_at, "not_after": not_after}
    which = {
        "subject": subject,
        "occurrence": occurrence,
        "kind": kind,
        "offset_minutes": offset_minutes,
        "person": person,
        "channel": channel,
        "copy": 0,
    }
    try_at = due_at - _AHEAD if urgent and due_at <= timezone.now() else due_at
    planned = Reminder(**which, counsellor=counsellor, try_at=try_at, **times)
    if insert_if_new(planned):
        return planned
    reminder: Reminder = Reminder.objects.get(**which)
    if _is_planned_so(reminder, times):
        return reminder
    Reminder.objects.these(reminder).filter(
        Q(state=State.QUEUED) | Q(state=State.CANCELLED, handed_over_at=None)
    ).update(**times, try_at=try_at, state=State.QUEUED, attempts=0, reason="", finished_at=None)
    reminder.refresh_from_db()
    return reminder


def _is_planned_so(reminder: Reminder, times: dict[str, datetime]) -> bool:
    return reminder.state != State.CANCELLED and all(
        getattr(reminder, name) == time for name, time in times.items()
    )


def reminders_withdraw(
    *,
    subject: str,
    reason: str,
    kinds: Iterable[str] | None = None,
    keep_occurrence: str | None = None,
) -> int:
    """Take back what still waits, of all kinds or of these, and say why; returns how many.

    One that a worker has just taken up is not touched: it asks its subject before it goes out.
    """
    waiting = Reminder.objects.filter(subject=subject, state=State.QUEUED)
    if kinds is not None:
        waiting = waiting.filter(kind__in=list(kinds))
    if keep_occurrence is not None:
        waiting = waiting.exclude(occurrence=keep_occurrence)
    return waiting.update(state=State.CANCELLED, reason=reason, finished_at=timezone.now())


def reminders_pass_on(*, person: str, former: Counsellor, to: Counsellor) -> int:
    """Make what the ledger holds for this person another counsellor's, what is past included.

    The former one's ledger does not speak of them any more. Returns how many rows moved.
    """
    theirs = Reminder.objects.filter(counsellor=former, person=person)
    return theirs.update(counsellor=to)


@transaction.atomic
def reminders_restore(
    *, subject: str, occurrences: Iterable[str], withdrawn_since: datetime, reason: str
) -> int:
    """Put the ledger back for a change that is undone; returns how many wait again.

    What waits now is taken back. What was taken back since then, and is about one of these
    occurrences, waits again at its old times, unless the mail server has had it before.
    """
    earlier = Reminder.objects.filter(
        subject=subject,
        occurrence__in=list(occurrences),
        # Skipped: a worker had it in hand, and found the change.
        state__in=[State.CANCELLED, State.SKIPPED],
        handed_over_at=None,
        finished_at__gte=withdrawn_since,
    )
    keys = list(earlier.values_list("pk", flat=True))
    reminders_withdraw(subject=subject, reason=reason)
    return Reminder.objects.filter(subject=subject, pk__in=keys).update(
        state=State.QUEUED, attempts=0, reason="", finished_at=None, try_at=F("due_at")
    )
