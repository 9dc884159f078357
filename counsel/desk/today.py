"""A counsellor's day and the week ahead of it, both by the clock of their hours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from counsel.accounts.models import Counsellor
from counsel.common.zones import day_bounds, get_zone, local_date
from sessions.models import (
    HOLDING,
    KEPT,
    AvailabilityException,
    Consultation,
    ConsultationNote,
    Place,
    Status,
    TalkingPoint,
)
from sessions.wording import clock_words, zone_words

# Days ahead, today not among them.
AHEAD = 7


class Mark(StrEnum):
    """Where a consultation stands by the clock."""

    OVER = "over"
    ON = "on"
    NEXT = "next"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Meeting:
    consultation: Consultation
    mark: Mark
    at: str
    until: str
    # Its start as the client's own clock shows it, where that is another.
    clients_clock: str
    unread: int
    # Whether the client has written what they want to talk about.
    has_wish: bool

    @property
    def room(self) -> str:
        """The address of the video room, while it may still be wanted."""
        details = self.consultation.place_details.strip()
        is_address = details.startswith("https://") and " " not in details
        is_video = self.consultation.place == Place.VIDEO
        return details if is_video and is_address and self.mark is not Mark.OVER else ""

    @property
    def note(self) -> str:
        """What is to be done about the note of what was held: `write`, `sign` or nothing."""
        row: Any = self.consultation
        if row.status != Status.COMPLETED or row.found_signed:
            return ""
        return "sign" if row.found_note else "write"

    @property
    def is_to_note(self) -> bool:
        """Over, and nobody has said whether it was held."""
        return self.mark is Mark.OVER and self.consultation.status in HOLDING


@dataclass(frozen=True, slots=True)
class DayAhead:
    date: date
    name: str
    count: int
    # From the start of the first to the end of the last; empty where there is none.
    hours: str
    time_off: str


@dataclass(frozen=True, slots=True)
class Days:
    today: date
    meetings: list[Meeting]
    ahead: list[DayAhead]

    @property
    def next_day(self) -> DayAhead | None:
        """The first day of the week ahead on which something is booked."""
        return next((day for day in self.ahead if day.count), None)


def days_of(counsellor: Counsellor, unread: Mapping[UUID, int], now: datetime) -> Days:
    """Two queries. `unread` is of each client who has any."""
    zone = counsellor.zone
    today = local_date(now, zone)
    days = [today + timedelta(days=number) for number in range(AHEAD + 1)]
    start, end = day_bounds(days[0], zone)[0], day_bounds(days[-1], zone)[1]
    rows = _consultations(counsellor, start, end)
    off = _time_off(counsellor, start, end)
    first = day_bounds(today, zone)
    todays = [row for row in rows if _reaches(_span(row), first)]
    return Days(
        today=today,
        meetings=_meetings(todays, zone, unread, now),
        ahead=[_day_ahead(day, rows, off, zone) for day in days[1:]],
    )


def marks(spans: Sequence[tuple[datetime, datetime]], now: datetime) -> list[Mark]:
    """Of spans in the order of their starts. What starts at the same instant is next together."""
    coming = min((start for start, _end in spans if start > now), default=None)
    return [_mark(start, end, now, coming) for start, end in spans]


def _mark(start: datetime, end: datetime, now: datetime, coming: datetime | None) -> Mark:
    if end <= now:
        return Mark.OVER
    if start <= now:
        return Mark.ON
    return Mark.NEXT if start == coming else Mark.LATER


def _consultations(counsellor: Counsellor, start: datetime, end: datetime) -> list[Any]:
    rows = Consultation.objects.filter(
        counsellor=counsellor, status__in=KEPT, ends_at__gt=start, starts_at__lt=end
    )
    # What is encrypted is not shown here, and need not be opened.
    light = rows.defer("intake", "words", "client__emergency_contact")
    wishes = TalkingPoint.objects.filter(client=OuterRef("client"), settled_at__isnull=True)
    notes = ConsultationNote.objects.filter(consultation=OuterRef("pk"))
    found = light.annotate(
        found_wish=Exists(wishes),
        found_note=Exists(notes),
        found_signed=Exists(notes.filter(signed_at__isnull=False)),
    )
    return list(found.select_related("client", "service").order_by("starts_at", "pk"))


def _time_off(
    counsellor: Counsellor, start: datetime, end: datetime
) -> list[tuple[datetime, datetime]]:
    off = AvailabilityException.objects.filter(
        counsellor=counsellor,
        kind=AvailabilityException.Kind.TIME_OFF,
        ends_at__gt=start,
        starts_at__lt=end,
    )
    return list(off.order_by("starts_at").values_list("starts_at", "ends_at"))


def _meetings(
    rows: Sequence[Any], zone: ZoneInfo, unread: Mapping[UUID, int], now: datetime
) -> list[Meeting]:
    return [
        Meeting(
            consultation=row,
            mark=mark,
            at=clock_words(row.starts_at, zone),
            until=clock_words(row.ends_at, zone),
            clients_clock=_clients_clock(row, zone),
            unread=unread.get(row.client_id, 0),
            has_wish=row.found_wish and mark is not Mark.OVER,
        )
        for row, mark in zip(rows, marks([_span(row) for row in rows], now), strict=True)
    ]


def _clients_clock(row: Consultation, zone: ZoneInfo) -> str:
    theirs = get_zone(row.time_zone)
    here, there = row.starts_at.astimezone(zone), row.starts_at.astimezone(theirs)
    if here.utcoffset() == there.utcoffset():
        return ""
    at = clock_words(row.starts_at, theirs)
    if here.date() != there.date():
        at = f"{date_format(there, 'D')} {at}"
    return _("for them %(time)s, %(zone)s") % {"time": at, "zone": zone_words(theirs)}


def _day_ahead(
    day: date,
    rows: Iterable[Consultation],
    off: Iterable[tuple[datetime, datetime]],
    zone: ZoneInfo,
) -> DayAhead:
    bounds = day_bounds(day, zone)
    spans = [_span(row) for row in rows if _reaches(_span(row), bounds)]
    hours = ""
    if spans:
        last = max(end for _start, end in spans)
        hours = f"{clock_words(spans[0][0], zone)}–{clock_words(last, zone)}"
    stretches = [_stretch(span, bounds, zone) for span in off if _reaches(span, bounds)]
    return DayAhead(
        date=day,
        name=date_format(day, "D j M"),
        count=len(spans),
        hours=hours,
        time_off=", ".join(stretches),
    )


def _stretch(
    span: tuple[datetime, datetime], bounds: tuple[datetime, datetime], zone: ZoneInfo
) -> str:
    """How much of the day is time off: 'off', or 'off 10:00–12:00'."""
    start, end = max(span[0], bounds[0]), min(span[1], bounds[1])
    if (start, end) == bounds:
        return _("off")
    until = "24:00" if end == bounds[1] else clock_words(end, zone)
    return _("off %(hours)s") % {"hours": f"{clock_words(start, zone)}–{until}"}


def _span(row: Consultation) -> tuple[datetime, datetime]:
    return row.starts_at, row.ends_at


def _reaches(span: tuple[datetime, datetime], bounds: tuple[datetime, datetime]) -> bool:
    return span[0] < bounds[1] and span[1] > bounds[0]
