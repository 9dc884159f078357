"""Offering what has come open to those who wait.

An offer is a hold (`sessions.models.Hold`): nobody else can book the time while it stands, and
it ends by itself. One person is asked at a time; the next is asked when they say no or say
nothing. The same time is never offered to the same person twice.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from counsel.accounts.models import Counsellor
from counsel.accounts.practice import practice
from counsel.common.zones import get_zone
from counsel.reminders.services import reminder_plan
from sessions import audience
from sessions.availability import Slot
from sessions.models import ConsultationChange, Hold, Service, WaitingEntry
from sessions.planning import GRACE
from sessions.selectors import slots_by_service
from sessions.services.asking import client_with
from sessions.services.holds import hold_drawn_up, keep, subject_of
from sessions.services.waiting import subject_of_entry
from sessions.services.writing import OverlapRefused, take_turn, times_from, times_of
from sessions.wishes import Wish

WAITING_OFFER = "waiting_offer"
# Of one counsellor, at one go: the rest are made a minute later.
MOST_OFFERS = 20


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
        _held(times_from(change.consultation, change.from_starts_at))
        for change in recent.select_related("consultation")
    ]


def _held(times: Mapping[str, datetime]) -> tuple[datetime, datetime]:
    return times["held_from"], times["held_until"]


def _offer_first(
    entry: WaitingEntry,
    free: Iterable[Slot],
    unsettled: Sequence[tuple[datetime, datetime]],
    now: datetime,
) -> Hold | None:
    wish = wish_of(entry)
    offered = {offer.starts_at for offer in entry.offers.all()}
    for slot in free:
        start, end = _held(times_of(entry.service, slot.start))
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
