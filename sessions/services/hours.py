"""A counsellor's hours: what a change of them would mean, and making it.

A change is drawn up first, as a `Proposal`; `difference` says what it opens, closes and collides
with, and writes nothing; `hours_save` makes it. No consultation is ever changed by it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from copy import copy
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from counsel.accounts.models import Counsellor, validate_zone
from counsel.common.errors import ConflictError, DomainError
from counsel.common.zones import first_instant, get_zone, local_date
from sessions.availability import MIDNIGHT, Slot, Span, WeeklyRule
from sessions.diary import Diary, read_diary
from sessions.models import (
    AvailabilityException,
    AvailabilityRule,
    Consultation,
    Hold,
    Service,
)
from sessions.morning import morning_list_replan
from sessions.opening import Stretch, is_open
from sessions.selectors import slots_in
from sessions.services.calendars import calendars_read_anew
from sessions.services.writing import take_turn

# A week's maximum and the longest consultation with its buffers reach no further.
MARGIN = timedelta(days=9)
TIME_OFF = AvailabilityException.Kind.TIME_OFF
EXTRA = AvailabilityException.Kind.EXTRA


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change that is not made yet.

    Rows may be new or stored ones as they would become; `without` are the ids of those that go.
    """

    rules: tuple[AvailabilityRule, ...] = ()
    exceptions: tuple[AvailabilityException, ...] = ()
    without: frozenset[UUID] = frozenset()
    time_zone: str = ""


@dataclass(frozen=True, slots=True)
class Hours:
    """All of a counsellor's hours at once, as they are or as they would become."""

    zone: ZoneInfo
    rules: tuple[AvailabilityRule, ...]
    exceptions: tuple[AvailabilityException, ...]

    def with_change(self, proposal: Proposal) -> Hours:
        gone = proposal.without | {row.pk for row in (*proposal.rules, *proposal.exceptions)}
        kept_rules = (row for row in self.rules if row.pk not in gone)
        kept_exceptions = (row for row in self.exceptions if row.pk not in gone)
        return Hours(
            zone=get_zone(proposal.time_zone) if proposal.time_zone else self.zone,
            rules=(*kept_rules, *proposal.rules),
            exceptions=(*kept_exceptions, *proposal.exceptions),
        )

    def weekly(self) -> dict[UUID | None, list[WeeklyRule]]:
        """By the service they are for; under None those for all that have none of their own."""
        found: dict[UUID | None, list[WeeklyRule]] = {}
        for row in self.rules:
            rule = WeeklyRule(row.weekday, row.starts, row.ends, row.valid_from, row.valid_until)
            found.setdefault(row.service_id, []).append(rule)
        return found

    def stretches(self, kind: str) -> list[Stretch]:
        rows = (row for row in self.exceptions if row.kind == kind)
        return [Stretch(row.starts_at, row.ends_at) for row in rows]

    def covers(self, taken: Taken) -> bool:
        """Whether its service is offered then; extra hours are for those without hours of own."""
        weekly = self.weekly()
        own = weekly.get(taken.service_id)
        rules = weekly.get(None, []) if own is None else own
        extra = self.stretches(EXTRA) if own is None else []
        return is_open(Stretch(taken.starts_at, taken.ends_at), rules, extra, self.zone)

    def is_off(self, taken: Taken) -> bool:
        stretch = Stretch(taken.starts_at, taken.ends_at)
        return any(off.overlaps(stretch) for off in self.stretches(TIME_OFF))


# What holds a time: both have starts_at, ends_at and service_id.
Taken = Consultation | Hold


@dataclass(frozen=True, slots=True)
class Collision:
    """Something booked, or kept for somebody, that the changed hours would not have room for."""

    taken: Taken
    in_time_off: bool


@dataclass(frozen=True, slots=True)
class Shift:
    """What becomes of one service's open times, up to its horizon."""

    service: Service
    opens: list[Slot]
    closes: list[Slot]


@dataclass(frozen=True, slots=True)
class Difference:
    """`outside` are the ids of those to come that will lie outside the hours or in time off,
    those that do so all along included.
    """

    coming: list[Consultation]
    outside: frozenset[UUID]
    collisions: list[Collision]
    shifts: list[Shift]

    @property
    def is_quiet(self) -> bool:
        """Nothing that anybody counts on changes: saving needs no second look."""
        return not self.collisions and not any(shift.closes for shift in self.shifts)


def difference(counsellor: Counsellor, proposal: Proposal, now: datetime) -> Difference:
    """What the change would mean. Seven queries, and nothing written."""
    before = _hours_of(counsellor)
    after = before.with_change(proposal)
    coming = list(
        Consultation.objects.filter(counsellor=counsellor, ends_at__gt=now)
        .holding()
        .select_related("client", "service")
        .order_by("starts_at")
    )
    holds = Hold.objects.filter(
        counsellor=counsellor, state=Hold.State.OPEN, ends_at__gt=now, expires_at__gt=now
    ).select_related("service")
    taken: list[Taken] = sorted([*coming, *holds], key=lambda row: row.starts_at)
    return Difference(
        coming=coming,
        outside=frozenset(r.pk for r in coming if after.is_off(r) or not after.covers(r)),
        collisions=list(_collisions(taken, before, after)),
        shifts=_shifts(counsellor, before, after, now),
    )


def _hours_of(counsellor: Counsellor) -> Hours:
    return Hours(
        zone=counsellor.zone,
        rules=tuple(AvailabilityRule.objects.filter(counsellor=counsellor)),
        exceptions=tuple(AvailabilityException.objects.filter(counsellor=counsellor)),
    )


def _collisions(taken: Iterable[Taken], before: Hours, after: Hours) -> Iterable[Collision]:
    """Only what the change brings about: staff may have booked outside the hours all along."""
    for row in taken:
        if after.is_off(row) and not before.is_off(row):
            yield Collision(row, in_time_off=True)
        elif before.covers(row) and not after.covers(row):
            yield Collision(row, in_time_off=False)


def _shifts(counsellor: Counsellor, before: Hours, after: Hours, now: datetime) -> list[Shift]:
    services = list(Service.objects.filter(counsellor=counsellor))
    ahead = timedelta(days=max((service.horizon for service in services), default=0))
    diary = read_diary(counsellor, now - MARGIN, now + ahead + MARGIN, now)
    return [
        _shift(
            service,
            _slots(diary, before, service, now, ahead),
            _slots(diary, after, service, now, ahead),
        )
        for service in services
    ]


def _shift(service: Service, before: list[Slot], after: list[Slot]) -> Shift:
    was, will_be = set(before), set(after)
    return Shift(
        service=service,
        opens=[slot for slot in after if slot not in was],
        closes=[slot for slot in before if slot not in will_be],
    )


def _slots(
    diary: Diary, hours: Hours, service: Service, now: datetime, ahead: timedelta
) -> list[Slot]:
    diary = replace(
        diary, rules=hours.weekly(), extra=_spans(hours, EXTRA), time_off=_spans(hours, TIME_OFF)
    )
    offered = copy(service)
    offered.counsellor = Counsellor(pk=service.counsellor_id, time_zone=hours.zone.key)
    last_day = local_date(now + ahead, hours.zone)
    return slots_in(diary, offered, local_date(now, hours.zone), last_day, now)


def _spans(hours: Hours, kind: str) -> list[Span]:
    return [Span.between(stretch.start, stretch.end) for stretch in hours.stretches(kind)]


def day_begins(day: date, zone: ZoneInfo) -> datetime:
    return first_instant(day, MIDNIGHT, zone)


@transaction.atomic
def hours_save(
    *, counsellor: Counsellor, proposal: Proposal, seen: Collection[UUID] | None = None
) -> None:
    """Make the change. Raises DomainError for hours named for somebody else's service.

    `seen` are the ids of what it collides with, as the counsellor has read them: raises
    ConflictError where something came since, or the clock it was drawn up by was moved.
    """
    if take_turn(counsellor.pk).time_zone != counsellor.time_zone:
        # Its days and what it collides with were reckoned by the old one.
        raise ConflictError(_("Your clock was moved in the meantime: please look again."))
    if seen is not None:
        found = difference(counsellor, proposal, timezone.now())
        if not {collision.taken.pk for collision in found.collisions} <= set(seen):
            raise ConflictError(_("Something was booked in the meantime: please look again."))
    for rule in proposal.rules:
        if rule.service and rule.service.counsellor_id != counsellor.pk:
            raise DomainError(_("Choose a service of your own."), field="service")
    rows: list[Any] = [*proposal.rules, *proposal.exceptions]
    for row in rows:
        row.counsellor = counsellor
        row.save()
    for model in (AvailabilityRule, AvailabilityException):
        model.objects.filter(counsellor=counsellor, pk__in=proposal.without).delete()
    if proposal.time_zone:
        Counsellor.objects.filter(pk=counsellor.pk).update(time_zone=proposal.time_zone)
        counsellor.time_zone = proposal.time_zone
        # Their whole days begin and end by another clock now.
        calendars_read_anew(counsellor=counsellor)


def zone_move(counsellor: Counsellor, time_zone: str) -> Proposal:
    """The counsellor's clock becomes another one.

    Weekly hours keep their wall-clock times and need no change; whole days off keep their dates,
    so their instants move; exact spans and consultations stay where they are.
    Raises DomainError for what is no time zone.
    """
    try:
        validate_zone(time_zone)
    except ValidationError as error:
        raise DomainError(error.messages[0], field="time_zone") from error
    old, new = counsellor.zone, get_zone(time_zone)
    rows = AvailabilityException.objects.filter(counsellor=counsellor, whole_days=True)
    moved = [_on_its_dates(row, old, new) for row in rows]
    # A zone that once skipped a day leaves nothing of a holiday on it.
    kept = tuple(row for row in moved if row.starts_at < row.ends_at)
    return Proposal(exceptions=kept, time_zone=time_zone)


def _on_its_dates(
    row: AvailabilityException, old: ZoneInfo, new: ZoneInfo
) -> AvailabilityException:
    row.starts_at = day_begins(local_date(row.starts_at, old), new)
    row.ends_at = day_begins(local_date(row.ends_at, old), new)
    return row


@transaction.atomic
def counsellor_move_zone(
    *, counsellor: Counsellor, time_zone: str, seen: Collection[UUID] | None = None
) -> None:
    """Move the counsellor's clock, as `zone_move` says, all at once. `seen` as in `hours_save`."""
    counsellor.time_zone = take_turn(counsellor.pk).time_zone
    hours_save(counsellor=counsellor, proposal=zone_move(counsellor, time_zone), seen=seen)
    morning_list_replan(counsellor, timezone.now())
