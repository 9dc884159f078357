"""Counting the reminders of practice that nothing followed, and ending them.

What follows a reminder is any practice that was assigned, private or not, and whatever is shared.
A private "I couldn't" and private writing in the journal count for nothing, neither way: when
reminders end is told at the desk, and must not say what somebody keeps to themselves. Of those
who keep their days private as well the desk is never told.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F

from clients.models import Client, Sharing
from counsel.common.zones import local_date
from exercises.models import Entry, Nudges
from exercises.plans import ONE_DAY


def nudges_followed(*, entry: Entry, now: datetime) -> None:
    """Reminders go on as at first; those that had stopped begin again.

    To be called in the transaction in which an entry is saved or shared; does nothing for one that
    counts for nothing.
    """
    is_practice = entry.assignment_id is not None and entry.outcome == Entry.Outcome.DONE
    if not (is_practice or entry.sharing == Sharing.SHARED):
        return
    today = local_date(now, entry.client.zone)
    # The client before the count, as whoever changes what they chose takes them.
    stopped = Client.objects.these(entry.client).filter(homework_stopped_at__isnull=False)
    stopped.update(homework_stopped_at=None)
    Nudges.objects.filter(client=entry.client_id).exclude(ignored=0, until=today).update(
        ignored=0, until=today
    )


def nudges_count(*, clients: Collection[UUID], day: date) -> None:
    """One more reminder, of that local day, for each of these; whoever counts it again does not."""
    first = [Nudges(client_id=key, until=day - ONE_DAY) for key in clients]
    Nudges.objects.bulk_create(first, ignore_conflicts=True)
    Nudges.objects.filter(client__in=clients, until__lt=day).update(
        ignored=F("ignored") + 1, until=day
    )


@transaction.atomic
def nudges_stop(*, client: Client, day: date, now: datetime) -> bool:
    """The last one, of that day, has gone out. False where that was noted, or they practised."""
    Client.objects.these(client).select_for_update(no_key=True).get()
    counted = Nudges.objects.filter(client=client, until__lt=day).update(ignored=0, until=day)
    if not counted:
        return False
    stopping = Client.objects.these(client).filter(homework_stopped_at=None)
    return bool(stopping.update(homework_stopped_at=now))
