"""The waiting list: who joins and leaves it, and who is offered an opening.

An offer is a hold (`sessions.models.Hold`): nobody else can book the time while it stands, and
it ends by itself. One person is asked at a time; the next is asked when they say no or say
nothing. The same time is never offered to the same person twice.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, time, timedelta

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.models import Client
from counsel.accounts.models import Counsellor
from counsel.accounts.practice import practice
from counsel.common.errors import ConflictError, DomainError
from counsel.common.zones import get_zone
from counsel.reminders.services import reminder_plan, reminders_withdraw
from sessions import audience
from sessions.availability import Slot
from sessions.models import Consultation, ConsultationChange, Hold, Service, WaitingEntry
from sessions.planning import GRACE
from sessions.selectors import slots_by_service
from sessions.services.asking import client_with
from sessions.services.holds import (
    FORGOTTEN_AFTER,
    hold_drawn_up,
    hold_release,
    keep,
    subject_of,
)
from sessions.services.writing import OverlapRefused, take_turn
from sessions.wishes import Wish

WAITING_LINK = "waiting_link"
WAITING_OFFER = "waiting_offer"

ON_THE_LIST = (WaitingEntry.State.UNCONFIRMED, WaitingEntry.State.WAITING)
# How long an address may stay unconfirmed before it is forgotten.
CONFIRM_WITHIN = timedelta(days=2)
# Of one counsellor, at one go: the rest are made a minute later.
MOST_OFFERS = 20


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
    gone = WaitingEntry.objects.filter(
        state=WaitingEntry.State.LEFT, closed_at__lt=now - FORGOTTEN_AFTER
    )
    Hold.objects.filter(waiting_entry__in=gone, consultation=None).delete()
    gone.filter(offers=None).delete()
    late = WaitingEntry.objects.filter(
        state=WaitingEntry.State.UNCONFIRMED, created_at__lte=now - CONFIRM_WITHIN
    )
    return late.update(state=WaitingEntry.State.LEFT, closed_at=now)


def offers_make(now: datetime) -> int:
    """Offer what has come open to those who wait, the longest waiting first; returns how many."""
    waiting = WaitingEntry.objects.filter(state=WaitingEntry.State.WAITING)
    counsellors = Counsellor.objects.filter(
        pk__in=waiting.values("counsellor"), user__is_active=True, user__is_staff=True
    )
    return sum(_offer_all(counsellor, now) for counsellor in counsellors)


@transaction.atomic
def _offer_all(counsellor: Counsellor, now: datetime) -> int:
    take_turn(counsellor.pk)
    entries = list(_to_be_asked(counsellor))
    services = {entry.service for entry in entries}
    for service in services:
        service.counsellor = counsellor
    open_times = _open_times(services, counsellor, now)
    unsettled = _just_called_off(counsellor, now)
    made = 0
    for entry in entries:
        if made == MOST_OFFERS:
            break
        if _offer_first(entry, open_times[entry.service], unsettled, now):
            made += 1
            # What is offered counts toward the maxima, too.
            open_times = _open_times(services, counsellor, now)
    return made


def _open_times(
    services: Collection[Service], counsellor: Counsellor, now: datetime
) -> dict[Service, list[Slot]]:
    today = now.astimezone(counsellor.zone).date()
    horizon = max((service.horizon for service in services), default=0)
    return slots_by_service(services, today, today + timedelta(days=horizon), now)


def _to_be_asked(counsellor: Counsellor) -> QuerySet[WaitingEntry]:
    """Those to whom no offer stands, in the order in which they came."""
    waiting = WaitingEntry.objects.filter(counsellor=counsellor, state=WaitingEntry.State.WAITING)
    free: QuerySet[WaitingEntry] = waiting.exclude(offers__state=Hold.State.OPEN)
    return (
        free.select_related("service", "client")
        .prefetch_related("offers")
        .order_by("created_at", "pk")
    )


def _just_called_off(counsellor: Counsellor, now: datetime) -> list[tuple[datetime, datetime]]:
    """Times whose giving up may still be undone: they are not offered before."""
    recent: QuerySet[ConsultationChange] = ConsultationChange.objects.filter(
        consultation__counsellor=counsellor, at__gt=now - GRACE
    )
    return [
        _held_then(change.consultation, change.from_starts_at)
        for change in recent.select_related("consultation")
    ]


def _held_then(consultation: Consultation, starts_at: datetime) -> tuple[datetime, datetime]:
    moved = starts_at - consultation.starts_at
    return consultation.held_from + moved, consultation.held_until + moved


def _held(service: Service, slot: Slot) -> tuple[datetime, datetime]:
    before, after = service.buffer_before, service.buffer_after
    return slot.start - timedelta(minutes=before), slot.end + timedelta(minutes=after)


def _offer_first(
    entry: WaitingEntry,
    free: Iterable[Slot],
    unsettled: Sequence[tuple[datetime, datetime]],
    now: datetime,
) -> Hold | None:
    wish = wish_of(entry)
    offered = {offer.starts_at for offer in entry.offers.all()}
    for slot in free:
        start, end = _held(entry.service, slot)
        is_settled = all(until <= start or since >= end for since, until in unsettled)
        if not (wish.suits(slot.start) and slot.start not in offered and is_settled):
            continue
        if not audience.may_book(entry.service, client_with(entry.counsellor, _address(entry))):
            return None
        try:
            return _offer(entry, slot, now)
        except OverlapRefused:
            continue
    return None


def _offer(entry: WaitingEntry, slot: Slot, now: datetime) -> Hold:
    until = min(now + timedelta(hours=practice().offer_hours), slot.start)
    hold = hold_drawn_up(entry.service, slot.start, expires_at=until)
    hold.purpose, hold.waiting_entry = Hold.Purpose.OFFER, entry
    hold.name, hold.email = entry.name, _address(entry)
    hold.time_zone, hold.language = entry.time_zone, entry.language
    keep(hold)
    reminder_plan(
        counsellor=entry.counsellor,
        kind=WAITING_OFFER,
        subject=subject_of(hold),
        person=subject_of_entry(entry),
        due_at=now,
        not_after=until,
    )
    return hold


def _address(entry: WaitingEntry) -> str:
    """A client's may have been corrected since they joined."""
    return entry.email if entry.client is None else entry.client.email


def wish_of(entry: WaitingEntry) -> Wish:
    return Wish(
        zone=get_zone(entry.time_zone),
        weekdays=frozenset(entry.weekdays),
        earliest=entry.earliest,
        latest=entry.latest,
    )


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
