"""A counsellor's calendars elsewhere: kept, and read for their busy times.

Each is read by itself, at most every quarter of an hour, by whoever claims it first: two workers
at once do it once. While one cannot be read, the times read last stay busy and its trouble is
shown. What is written belongs to the claim it was read under; a claim that was overtaken (the
calendar was turned off, removed, or asked for anew in between) writes nothing.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from counsel.accounts.models import Counsellor
from counsel.common.errors import DomainError
from counsel.common.fetch import Fetched, ReadingRefused, TooLarge, fetch
from counsel.common.network import AddressRefused, Network, Unreachable, checked_url
from sessions.calendars.apart import busy_spans_apart
from sessions.calendars.busy import Span, TooMany, Unreadable
from sessions.models import BusyTime, ImportedCalendar

READ_EVERY = timedelta(minutes=15)
BEHIND = timedelta(days=1)
AHEAD = timedelta(days=400)
MOST_CALENDARS = 10
# A run begins no further calendar after this: reminders wait for the same worker.
RUN_SECONDS = 40.0

Trouble = ImportedCalendar.Trouble
_TROUBLES: dict[type[Exception], Trouble] = {
    AddressRefused: Trouble.ADDRESS,
    Unreachable: Trouble.UNREACHABLE,
    ReadingRefused: Trouble.REFUSED,
    TooLarge: Trouble.TOO_LARGE,
    TooMany: Trouble.TOO_LARGE,
    Unreadable: Trouble.UNREADABLE,
}

logger = logging.getLogger(__name__)


# --- Keeping them -------------------------------------------------------------------------------


@transaction.atomic
def calendar_add(*, counsellor: Counsellor, name: str, address: str) -> ImportedCalendar:
    """A calendar to be read within a minute or two. Raises DomainError beside its field."""
    Counsellor.objects.select_for_update(no_key=True).get(pk=counsellor.pk)
    if ImportedCalendar.objects.filter(counsellor=counsellor).count() >= MOST_CALENDARS:
        raise DomainError(_("That is enough calendars. Remove one you no longer need first."))
    try:
        address = checked_url(address).url
    except AddressRefused as error:
        words = _(
            "Write the whole address, beginning with https:// or webcal://. Addresses inside a "
            "private network, or with a name and password in them, are not read."
        )
        raise DomainError(words, field="address") from error
    return ImportedCalendar.objects.create(counsellor=counsellor, name=name, address=address)


def calendar_rename(*, calendar: ImportedCalendar, name: str) -> None:
    ImportedCalendar.objects.these(calendar).update(name=name)


def calendar_turn(*, calendar: ImportedCalendar, on: bool) -> None:
    """Off, its times are free again at once; on again, it is read anew."""
    ImportedCalendar.objects.these(calendar).update(is_on=on, tried_at=None)


def calendar_read_soon(*, calendar: ImportedCalendar) -> None:
    """Has the next run read it, within a minute or two."""
    ImportedCalendar.objects.these(calendar).filter(is_on=True).update(tried_at=None)


def calendars_read_anew(*, counsellor: Counsellor) -> None:
    """Has the next run read all of theirs, whole, as if for the first time."""
    rows = ImportedCalendar.objects.filter(counsellor=counsellor)
    rows.update(tried_at=None, etag="", last_modified="")


def calendar_remove(*, calendar: ImportedCalendar) -> None:
    calendar.delete()


# --- Reading them --------------------------------------------------------------------------------


@dataclass
class Counts:
    read: int = 0
    unchanged: int = 0
    failed: int = 0


def calendars_read(
    now: datetime, *, network: Network | None = None, seconds: float = RUN_SECONDS
) -> Counts:
    """Reads what is due, the longest unread first, and says how it went."""
    counts = Counts()
    until = time.monotonic() + seconds
    for calendar in _due(now):
        if time.monotonic() >= until:
            break
        if _claimed(calendar, now):
            _read(calendar, now, network, counts)
    return counts


def _due(now: datetime) -> QuerySet[ImportedCalendar]:
    waits = Q(tried_at__isnull=True) | Q(tried_at__lte=now - READ_EVERY)
    rows = ImportedCalendar.objects.across_caseloads("the run that reads what is due").filter(
        waits, is_on=True, counsellor__user__is_active=True, counsellor__user__is_staff=True
    )
    return rows.select_related("counsellor").order_by(F("tried_at").asc(nulls_first=True), "pk")


def _claimed(calendar: ImportedCalendar, now: datetime) -> bool:
    mine = (
        ImportedCalendar.objects.these(calendar)
        .filter(is_on=True, tried_at=calendar.tried_at)
        .update(tried_at=now)
    )
    return bool(mine)


def _read(
    calendar: ImportedCalendar, now: datetime, network: Network | None, counts: Counts
) -> None:
    try:
        fetched = _fetched(calendar, now, network)
        if fetched is None:
            _note(calendar, now, trouble=Trouble.NONE, fetched_at=now)
            counts.unchanged += 1
            return
        spans = busy_spans_apart(
            fetched.body, zone=calendar.counsellor.zone, since=now - BEHIND, until=now + AHEAD
        )
        _keep(calendar, now, fetched, spans)
        counts.read += 1
    except tuple(_TROUBLES) as error:
        _note(calendar, now, trouble=_TROUBLES[type(error)])
        counts.failed += 1
    except Exception:
        # Whatever it is, it must not keep the other calendars from being read.
        logger.exception("A calendar could not be read")
        _note(calendar, now, trouble=Trouble.UNREADABLE)
        counts.failed += 1


def _fetched(calendar: ImportedCalendar, now: datetime, network: Network | None) -> Fetched | None:
    """What is there; None where it has not changed since it was read.

    The first time a day all of it is read in any case: what was read covers a span of time that
    would else run out under a calendar that never changes.
    """
    if calendar.fetched_at is None or calendar.fetched_at.date() != now.date():
        fetched = fetch(calendar.address, network=network)
        if fetched is None:
            raise ReadingRefused
        return fetched
    return fetch(
        calendar.address,
        etag=calendar.etag,
        last_modified=calendar.last_modified,
        network=network,
    )


def _note(calendar: ImportedCalendar, claim: datetime, **fields: object) -> bool:
    """Writes to the calendar while the claim holds, and locks it until the end."""
    mine = ImportedCalendar.objects.these(calendar).filter(is_on=True, tried_at=claim)
    return bool(mine.update(**fields))


@transaction.atomic
def _keep(calendar: ImportedCalendar, now: datetime, fetched: Fetched, spans: list[Span]) -> None:
    # A mark too long to keep whole is as good as none.
    etag = fetched.etag if len(fetched.etag) <= 300 else ""
    last_modified = fetched.last_modified if len(fetched.last_modified) <= 100 else ""
    seen = {"etag": etag, "last_modified": last_modified}
    if not _note(calendar, now, trouble=Trouble.NONE, fetched_at=now, **seen):
        return
    kept = {
        (row.starts_at, row.ends_at): row.pk for row in BusyTime.objects.filter(calendar=calendar)
    }
    wanted = set(spans)
    gone = [pk for span, pk in kept.items() if span not in wanted]
    BusyTime.objects.filter(calendar=calendar, pk__in=gone).delete()
    BusyTime.objects.bulk_create(
        [
            BusyTime(
                calendar=calendar,
                counsellor_id=calendar.counsellor_id,
                starts_at=start,
                ends_at=end,
            )
            for start, end in spans
            if (start, end) not in kept
        ],
        batch_size=500,
    )
