"""Reads: which times are open, and which consultation comes next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet

from clients.models import Client
from counsel.accounts.models import Counsellor
from counsel.common.zones import first_instant, local_date
from sessions import availability
from sessions.availability import MIDNIGHT, Slot, Span, Terms, WeeklyRule
from sessions.models import (
    HOLDING,
    KEPT,
    AvailabilityException,
    AvailabilityRule,
    Consultation,
    Service,
    Status,
)

# How far ahead the public page looks for a free time, however far the horizon reaches.
LOOK_AHEAD = timedelta(days=92)
NEARBY = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Held:
    service_id: object
    starts_at: datetime
    status: str
    span: Span


@dataclass(frozen=True, slots=True)
class Diary:
    """All that open times are worked out from, for every service of one counsellor."""

    rules: list[WeeklyRule]
    extra: list[Span]
    time_off: list[Span]
    held: list[Held]


def read_diary(counsellor: Counsellor, start: datetime, end: datetime) -> Diary:
    """Three queries, whatever the span."""
    rules = AvailabilityRule.objects.filter(counsellor=counsellor).values_list(
        "weekday", "starts", "ends", "valid_from", "valid_until"
    )
    exceptions = AvailabilityException.objects.filter(
        counsellor=counsellor, ends_at__gt=start, starts_at__lt=end
    ).values_list("kind", "starts_at", "ends_at")
    kinds = AvailabilityException.Kind
    spans = [(kind, Span(starts, ends)) for kind, starts, ends in exceptions]
    return Diary(
        rules=[WeeklyRule(*row) for row in rules],
        extra=[span for kind, span in spans if kind == kinds.EXTRA],
        time_off=[span for kind, span in spans if kind == kinds.TIME_OFF],
        held=_held(counsellor, start, end),
    )


def _held(counsellor: Counsellor, start: datetime, end: datetime) -> list[Held]:
    # Those that are over still count toward their day's maximum.
    rows = Consultation.objects.filter(
        counsellor=counsellor, status__in=KEPT, held_until__gt=start, held_from__lt=end
    ).order_by()
    fields = ("service_id", "starts_at", "status", "held_from", "held_until")
    return [
        Held(service, starts_at, status, Span(held_from, held_until))
        for service, starts_at, status, held_from, held_until in rows.values_list(*fields)
    ]


def open_slots(service: Service, first_day: date, last_day: date, now: datetime) -> list[Slot]:
    """What may be booked of this service on these days (inclusive, in the counsellor's zone)."""
    return slots_by_service([service], first_day, last_day, now)[service]


def slots_by_service(
    services: Iterable[Service], first_day: date, last_day: date, now: datetime
) -> dict[Service, list[Slot]]:
    """The open times of several services of one counsellor, in three queries together."""
    found: dict[Service, list[Slot]] = {service: [] for service in services}
    if not found:
        return found
    counsellor = next(iter(found)).counsellor
    zone = counsellor.zone
    terms = {service: terms_of(service) for service in found}
    # Nothing is open earlier or later: this also keeps any two dates within the calendar.
    first_day = max(first_day, local_date(now, zone))
    horizon = max(term.horizon for term in terms.values())
    last_day = min(last_day, local_date(now + horizon, zone))
    if first_day > last_day:
        return found
    reach = max(t.buffer_before + t.length + t.buffer_after for t in terms.values())
    diary = read_diary(
        counsellor,
        # The whole of the first day: what was held this morning counts toward its maximum.
        first_instant(first_day, MIDNIGHT, zone) - reach,
        first_instant(last_day + timedelta(days=1), MIDNIGHT, zone) + reach,
    )
    for service in found:
        found[service] = availability.open_slots(
            rules=diary.rules,
            extra=diary.extra,
            time_off=diary.time_off,
            busy=[held.span for held in diary.held if held.status in HOLDING],
            taken=[held.starts_at for held in diary.held if held.service_id == service.pk],
            terms=terms[service],
            zone=zone,
            now=now,
            first_day=first_day,
            last_day=last_day,
        )
    return found


def terms_of(service: Service) -> Terms:
    return Terms(
        length=timedelta(minutes=service.length),
        buffer_before=timedelta(minutes=service.buffer_before),
        buffer_after=timedelta(minutes=service.buffer_after),
        step=timedelta(minutes=service.step),
        minimum_notice=timedelta(hours=service.minimum_notice),
        horizon=timedelta(days=service.horizon),
        daily_maximum=service.daily_maximum,
    )


def open_slot(service: Service, starts_at: datetime, now: datetime) -> Slot | None:
    """The slot that starts exactly then, if it may be booked."""
    if not now <= starts_at <= now + timedelta(days=service.horizon):
        return None
    day = local_date(starts_at, service.counsellor.zone)
    return availability.slot_at(open_slots(service, day, day, now), starts_at)


def nearest_open(service: Service, wanted: datetime, now: datetime, count: int = 6) -> list[Slot]:
    """Open times close to one that is not, within two weeks of it."""
    zone = service.counsellor.zone
    wanted = min(max(wanted, now), now + timedelta(days=service.horizon))
    first_day = local_date(wanted - NEARBY, zone)
    last_day = local_date(wanted + NEARBY, zone)
    return availability.nearest(open_slots(service, first_day, last_day, now), wanted, count)


def next_consultation(client: Client, now: datetime) -> Consultation | None:
    """The one that is going on or comes next."""
    return coming_appointments(client, now).first()


def last_held_consultation(client: Client, now: datetime) -> Consultation | None:
    held = Consultation.objects.filter(client=client, starts_at__lte=now, status=Status.COMPLETED)
    return held.select_related("service", "counsellor").order_by("-starts_at").first()


def coming_appointments(client: Client, now: datetime) -> QuerySet[Consultation]:
    coming = Consultation.objects.filter(client=client, ends_at__gt=now).holding()
    return coming.select_related("service", "counsellor").order_by("starts_at")


def past_appointments(client: Client, now: datetime, count: int = 20) -> QuerySet[Consultation]:
    """The latest that are over or were called off, newest first."""
    rows = Consultation.objects.filter(client=client)
    past = rows.filter(Q(ends_at__lte=now) | ~Q(status__in=HOLDING))
    return past.select_related("service").order_by("-starts_at")[:count]
