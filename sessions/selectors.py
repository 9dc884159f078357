"""Reads: which times are open, and which consultation comes next."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from clients.models import Client
from counsel.common.zones import first_instant, local_date
from sessions import availability
from sessions.availability import MIDNIGHT, Slot, Terms
from sessions.diary import Diary, read_diary
from sessions.models import HOLDING, Consultation, Hold, Service, Status

# How far ahead the public page looks for a free time, however far the horizon reaches.
LOOK_AHEAD = timedelta(days=92)
NEARBY = timedelta(days=14)
# Ten years of weekly meetings.
MOST_MEETINGS = 520


def open_slots(
    service: Service,
    first_day: date,
    last_day: date,
    now: datetime,
    *,
    without: Consultation | Hold | None = None,
) -> list[Slot]:
    """What may be booked of this service on these days (inclusive, in the counsellor's zone).

    A consultation about to be moved neither blocks nor counts: name it as `without`.
    """
    return slots_by_service([service], first_day, last_day, now, without=without)[service]


def slots_by_service(
    services: Iterable[Service],
    first_day: date,
    last_day: date,
    now: datetime,
    *,
    without: Consultation | Hold | None = None,
) -> dict[Service, list[Slot]]:
    """The open times of several services of one counsellor, in two queries together."""
    found: dict[Service, list[Slot]] = {service: [] for service in services}
    if not found:
        return found
    counsellor = next(iter(found)).counsellor
    zone = counsellor.zone
    terms = [terms_of(service) for service in found]
    # Nothing is open earlier or later: this also keeps any two dates within the calendar.
    first_day = max(first_day, local_date(now, zone))
    last_day = min(last_day, local_date(now + max(term.horizon for term in terms), zone))
    if first_day > last_day:
        return found
    start, end = _bounds(first_day, last_day, zone, terms)
    limited = any(term.is_limited for term in terms)
    diary = read_diary(counsellor, start, end, now, limited=limited, without=without)
    return {service: slots_in(diary, service, first_day, last_day, now) for service in found}


def slots_in(
    diary: Diary, service: Service, first_day: date, last_day: date, now: datetime
) -> list[Slot]:
    """The open times that a diary leaves; it must reach over these days (inclusive)."""
    own_rules = diary.rules.get(service.pk)
    return availability.open_slots(
        # One with hours of its own is offered in those alone.
        rules=diary.rules.get(None, ()) if own_rules is None else own_rules,
        extra=diary.extra if own_rules is None else (),
        time_off=diary.time_off,
        busy=diary.busy,
        taken=diary.taken.get(service.pk, ()),
        terms=terms_of(service),
        zone=service.counsellor.zone,
        now=now,
        first_day=first_day,
        last_day=last_day,
    )


def _bounds(
    first_day: date, last_day: date, zone: ZoneInfo, terms: Iterable[Terms]
) -> tuple[datetime, datetime]:
    """What must be read for these days: all that blocks them or counts toward a maximum."""
    reach = max(term.buffer_before + term.length + term.buffer_after for term in terms)
    if any(term.weekly_maximum is not None for term in terms):
        first_day = availability.monday_of(first_day)
        last_day = availability.monday_of(last_day) + timedelta(days=6)
    # Whole days: what was held this morning counts toward the maximum of today.
    start = first_instant(first_day, MIDNIGHT, zone)
    end = first_instant(last_day + timedelta(days=1), MIDNIGHT, zone)
    return start - reach, end + reach


def terms_of(service: Service) -> Terms:
    return Terms(
        length=timedelta(minutes=service.length),
        buffer_before=timedelta(minutes=service.buffer_before),
        buffer_after=timedelta(minutes=service.buffer_after),
        step=timedelta(minutes=service.step),
        minimum_notice=timedelta(hours=service.minimum_notice),
        horizon=timedelta(days=service.horizon),
        daily_maximum=service.daily_maximum,
        weekly_maximum=service.weekly_maximum,
    )


def open_slot(
    service: Service,
    starts_at: datetime,
    now: datetime,
    *,
    without: Consultation | Hold | None = None,
) -> Slot | None:
    """The slot that starts exactly then, if it may be booked."""
    if not now <= starts_at <= now + timedelta(days=service.horizon):
        return None
    day = local_date(starts_at, service.counsellor.zone)
    return availability.slot_at(open_slots(service, day, day, now, without=without), starts_at)


def nearest_open(
    service: Service,
    wanted: datetime,
    now: datetime,
    count: int = 6,
    *,
    without: Consultation | Hold | None = None,
) -> list[Slot]:
    """Open times close to one that is not, within two weeks of it."""
    zone = service.counsellor.zone
    wanted = min(max(wanted, now), now + timedelta(days=service.horizon))
    first_day = local_date(wanted - NEARBY, zone)
    last_day = local_date(wanted + NEARBY, zone)
    slots = open_slots(service, first_day, last_day, now, without=without)
    return availability.nearest(slots, wanted, count)


def next_consultation(client: Client, now: datetime) -> Consultation | None:
    """The one that is going on or comes next."""
    return coming_appointments(client, now).first()


def last_held_consultation(client: Client, now: datetime) -> Consultation | None:
    held = Consultation.objects.filter(client=client, starts_at__lte=now, status=Status.COMPLETED)
    return held.select_related("service", "counsellor").order_by("-starts_at").first()


def meetings_of(client: Client) -> list[Consultation]:
    """The latest of all that were booked, newest first: when they were, and what became of them."""
    rows = Consultation.objects.filter(client=client).order_by("-starts_at")
    return list(rows.only("starts_at", "ends_at", "status", "client_id")[:MOST_MEETINGS])


def coming_appointments(client: Client, now: datetime) -> QuerySet[Consultation]:
    coming = Consultation.objects.filter(client=client, ends_at__gt=now).holding()
    return coming.select_related("service", "counsellor").order_by("starts_at")


def past_appointments(client: Client, now: datetime, count: int = 20) -> QuerySet[Consultation]:
    """The latest that are over or were called off, newest first."""
    rows = Consultation.objects.filter(client=client)
    past = rows.filter(Q(ends_at__lte=now) | ~Q(status__in=HOLDING))
    return past.select_related("service").order_by("-starts_at")[:count]


def meetings_between(client: Client, first: date, last: date) -> list[tuple[date, bool]]:
    """The client's local days (inclusive) of consultations that were held (True) or that the
    client did not come to (False), in order.
    """
    rows = Consultation.objects.filter(
        client=client,
        status__in=(Status.COMPLETED, Status.NO_SHOW),
        starts_at__gte=first_instant(first, MIDNIGHT, client.zone),
        starts_at__lt=first_instant(last + timedelta(days=1), MIDNIGHT, client.zone),
    )
    return [
        (local_date(starts_at, client.zone), status == Status.COMPLETED)
        for starts_at, status in rows.order_by("starts_at").values_list("starts_at", "status")
    ]
