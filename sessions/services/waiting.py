"""The waiting list: who joins and leaves it. What they are offered: `services.offering`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.models import Client
from counsel.common.errors import ConflictError, DomainError
from counsel.reminders.services import reminder_plan, reminders_withdraw
from sessions.models import Hold, Service, WaitingEntry
from sessions.services.holds import (
    FORGOTTEN_AFTER,
    hold_release,
)
from sessions.services.writing import require_in_caseload, take_turn

WAITING_LINK = "waiting_link"

ON_THE_LIST = (WaitingEntry.State.UNCONFIRMED, WaitingEntry.State.WAITING)
# How long an address may stay unconfirmed before it is forgotten.
CONFIRM_WITHIN = timedelta(days=2)


@transaction.atomic
def waiting_join(
    *,
    service: Service,
    name: str,
    email: str,
    time_zone: str,
    language: str,
    weekdays: Sequence[int] = (),
    earliest: time | None = None,
    latest: time | None = None,
    client: Client | None = None,
) -> WaitingEntry:
    """Put somebody on the list of a service, once for each address.

    `client` is who is known to be theirs, signed in or put there by the counsellor: they wait at
    once. Everybody else gets a mail with a link, and waits from the click behind it on. Joining
    again sends the link again; only a client's own changes the wishes of one who waits.
    """
    take_turn(service.counsellor_id)
    if client is not None:
        require_in_caseload(client.pk, service.counsellor_id)
    now = timezone.now()
    entry = _on_the_list(service, email)
    if entry is None:
        entry = WaitingEntry(counsellor=service.counsellor, service=service, email=email)
        _write(entry, name=name, time_zone=time_zone, language=language)
    if client is not None:
        entry.client, entry.state = client, WaitingEntry.State.WAITING
    if client is not None or entry.state == WaitingEntry.State.UNCONFIRMED:
        _write(entry, weekdays=sorted(set(weekdays)), earliest=earliest, latest=latest)
    _save(entry)
    if client is None:
        _send_link(entry, now)
    return entry


@transaction.atomic
def waiting_confirm(*, entry: WaitingEntry) -> None:
    """The click behind the link. Confirmed before, it changes nothing.

    Raises ConflictError for one who has left, or came too late.
    """
    take_turn(entry.counsellor_id)
    entry.refresh_from_db(fields=["state"])
    if entry.state == WaitingEntry.State.WAITING:
        return
    if entry.state != WaitingEntry.State.UNCONFIRMED:
        raise ConflictError(_("You are not on the list any more."))
    _write(entry, state=WaitingEntry.State.WAITING)
    _save(entry)


@transaction.atomic
def waiting_wish(
    *,
    entry: WaitingEntry,
    weekdays: Sequence[int],
    earliest: time | None,
    latest: time | None,
) -> None:
    """Other days and hours, the place in the list kept. Raises ConflictError once it has ended."""
    take_turn(entry.counsellor_id)
    entry.refresh_from_db(fields=["state"])
    if entry.state not in ON_THE_LIST:
        raise ConflictError(_("You are not on the list any more."))
    _write(entry, weekdays=sorted(set(weekdays)), earliest=earliest, latest=latest)
    _save(entry)


@transaction.atomic
def waiting_leave(*, entry: WaitingEntry) -> None:
    """Off the list, an offer that stands given back. Whoever has left stays gone."""
    take_turn(entry.counsellor_id)
    entry.refresh_from_db(fields=["state"])
    if entry.state not in ON_THE_LIST:
        return
    for offer in entry.offers.filter(state=Hold.State.OPEN):
        hold_release(hold=offer)
    _write(entry, state=WaitingEntry.State.LEFT, closed_at=timezone.now())
    _save(entry)
    reminders_withdraw(subject=subject_of_entry(entry), reason=_("left the list"))


@transaction.atomic
def waiting_forget(now: datetime) -> int:
    """Take off the list who never confirmed the address; returns how many.

    What was typed by those who left, and kept for them in vain, is deleted a week after.
    """
    everybodys = WaitingEntry.objects.across_caseloads("the sweep of who has left the list")
    gone = everybodys.filter(state=WaitingEntry.State.LEFT, closed_at__lt=now - FORGOTTEN_AFTER)
    Hold.objects.filter(waiting_entry__in=gone, consultation=None).delete()
    gone.filter(offers=None).delete()
    late = everybodys.filter(
        state=WaitingEntry.State.UNCONFIRMED, created_at__lte=now - CONFIRM_WITHIN
    )
    return late.update(state=WaitingEntry.State.LEFT, closed_at=now)


def subject_of_entry(entry: WaitingEntry) -> str:
    return f"waiting:{entry.pk}"


def _on_the_list(service: Service, email: str) -> WaitingEntry | None:
    same = WaitingEntry.objects.filter(service=service, email__iexact=email, state__in=ON_THE_LIST)
    found: WaitingEntry | None = same.first()
    return found


def _write(entry: WaitingEntry, **values: object) -> None:
    for field, value in values.items():
        setattr(entry, field, value)


def _save(entry: WaitingEntry) -> None:
    entry.clean_fields(exclude=["counsellor", "service", "client"])
    if entry.earliest and entry.latest and entry.latest < entry.earliest:
        raise DomainError(_("“Not after” must not be earlier than “not before”."), field="latest")
    try:
        with transaction.atomic():
            entry.save()
    except IntegrityError as error:
        raise ConflictError(_("This address is on the list already.")) from error


def _send_link(entry: WaitingEntry, now: datetime) -> None:
    """One mail for each hour of the day at most, however often the address is typed in."""
    reminder_plan(
        counsellor=entry.counsellor,
        kind=WAITING_LINK,
        subject=subject_of_entry(entry),
        person=subject_of_entry(entry),
        due_at=now,
        not_after=now + CONFIRM_WITHIN,
        occurrence=f"{now:%Y%m%dT%H}",
    )
