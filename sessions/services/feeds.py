"""Making, renewing and turning off the secret address of somebody's appointments."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from clients.models import Client
from counsel.accounts.models import Counsellor
from sessions.calendars.feeds import digest_of, new_secret
from sessions.models import CalendarFeed

# How exactly it is kept when a program last looked.
_LOOKS_EVERY = timedelta(hours=1)


def feed_make(*, owner: Counsellor | Client) -> str:
    """A new address's secret, to be shown once; the one before it is dead at once."""
    secret = new_secret()
    with transaction.atomic():
        _take_turn(owner)
        feed_end(owner=owner)
        CalendarFeed.objects.create(digest=digest_of(secret), **_owned(owner))
    return secret


def feed_end(*, owner: Counsellor | Client) -> None:
    _open(owner).update(revoked_at=timezone.now())


def feed_of(owner: Counsellor | Client) -> CalendarFeed | None:
    return _open(owner).first()


def feed_note_read(*, feed: CalendarFeed, now: datetime) -> None:
    if feed.last_read_at is None or feed.last_read_at <= now - _LOOKS_EVERY:
        CalendarFeed.objects.these(feed).update(last_read_at=now)


def _take_turn(owner: Counsellor | Client) -> None:
    """Two who press the button at once make one address after the other."""
    if isinstance(owner, Counsellor):
        Counsellor.objects.select_for_update(no_key=True).get(pk=owner.pk)
    else:
        Client.objects.these(owner).select_for_update(no_key=True).get()


def _open(owner: Counsellor | Client) -> QuerySet[CalendarFeed]:
    return CalendarFeed.objects.filter(revoked_at__isnull=True, **_owned(owner))


def _owned(owner: Counsellor | Client) -> dict[str, Counsellor | Client]:
    return {"counsellor" if isinstance(owner, Counsellor) else "client": owner}
