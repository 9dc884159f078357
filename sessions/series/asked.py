"""A series as it is asked for, and the single dates it comes to. Nothing is written here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TypeAlias
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from clients.models import Client
from counsel.common.errors import DomainError
from counsel.common.zones import local_date
from sessions.models import Consultation, Series, Service
from sessions.series import recurrence
from sessions.series.recurrence import LONGEST_SERIES, Reading, SeriesTooLong

# The date of a series about to be booked, or the id of a consultation about to be moved.
Key: TypeAlias = date | UUID


@dataclass(frozen=True, slots=True)
class Asked:
    """A series as it is asked for: exactly one of `last_day`, inclusive, and `count` is given."""

    service: Service
    client: Client
    rhythm: str
    first_day: date
    at: time
    last_day: date | None = None
    count: int | None = None

    @property
    def zone(self) -> ZoneInfo:
        return self.service.counsellor.zone


@dataclass(frozen=True, slots=True)
class Choices:
    """What the counsellor decided about single dates; all others go as they were laid out."""

    left_out: Collection[Key] = frozenset()
    instead: Mapping[Key, datetime] = field(default_factory=dict)
    # Booked although they overlap, and why.
    overlapping: Mapping[Key, str] = field(default_factory=dict)


NO_CHOICES = Choices()


@dataclass(frozen=True, slots=True)
class Wish:
    """One date: what the wall clock is to show, how long it lasts and the buffers it needs."""

    key: Key
    reading: Reading
    length: timedelta
    before: timedelta
    after: timedelta
    # The one that is to be moved.
    consultation: Consultation | None = None


def asked_dates(asked: Asked) -> list[date]:
    """Raises DomainError where a series cannot be asked for so."""
    end = "count" if asked.last_day is None else "last_day"
    if asked.service.counsellor_id != asked.client.counsellor_id:
        raise DomainError(_("Choose a service of this client's counsellor."), field="service")
    if asked.first_day < local_date(timezone.now(), asked.zone):
        raise DomainError(_("A series begins today or later."), field="first_day")
    try:
        days = recurrence.series_days(
            asked.rhythm, asked.first_day, last_day=asked.last_day, count=asked.count
        )
    except SeriesTooLong as error:
        words = _("A series has at most %(count)d dates.") % {"count": LONGEST_SERIES}
        raise DomainError(words, field=end) from error
    if len(days) < 2:
        raise DomainError(_("A series has at least two dates."), field=end)
    return days


def asked_wishes(asked: Asked) -> list[Wish]:
    service = asked.service
    length, before, after = (
        timedelta(minutes=minutes)
        for minutes in (service.length, service.buffer_before, service.buffer_after)
    )
    return [
        Wish(day, recurrence.read(day, asked.at, asked.zone), length, before, after)
        for day in asked_dates(asked)
    ]


def coming_of(series: Series, now: datetime, since: datetime | None = None) -> list[Consultation]:
    """Those of it that are still to come and hold their time, from one on or all; in order."""
    rows = Consultation.objects.filter(series=series, starts_at__gt=now).holding()
    if since is not None:
        rows = rows.filter(starts_at__gte=since)
    return list(rows.select_related("client", "counsellor__user", "service").order_by("starts_at"))


def moving_wishes(
    series: Series, moving: Iterable[Consultation], weekday: int, at: time
) -> list[Wish]:
    """Each on that weekday (0 = Monday) of its week, or of its month, at that time."""
    zone = series.counsellor.zone
    wishes = []
    for consultation in moving:
        day = local_date(consultation.starts_at, zone)
        day = recurrence.on_weekday(series.rhythm, day, series.first_day, weekday)
        wishes.append(
            Wish(
                consultation.pk,
                recurrence.read(day, at, zone),
                consultation.ends_at - consultation.starts_at,
                consultation.starts_at - consultation.held_from,
                consultation.held_until - consultation.ends_at,
                consultation,
            )
        )
    return wishes
