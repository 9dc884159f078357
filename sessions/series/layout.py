"""What would become of each date of a series, before anything is written.

Of every date: whether it is free, what stands in its way, and which times near it are open.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from django.db.models import Q

from clients.models import Client
from counsel.common.zones import local_date
from sessions import availability
from sessions.availability import Span
from sessions.diary import Diary, read_diary
from sessions.models import HOLDING, BusyTime, Consultation, Hold, Service
from sessions.selectors import slots_in
from sessions.series.asked import Choices, Key, Wish
from sessions.series.recurrence import clock_shift

# Times offered in place of one that cannot be.
ALTERNATIVES = 4
DAY = timedelta(days=1)
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class InTheWay:
    """Another consultation, a time being booked, or another date of the same series."""

    starts_at: datetime
    ends_at: datetime
    consultation: Consultation | None = None
    is_kept: bool = False


@dataclass(frozen=True, slots=True)
class LaidOut:
    """One date as it would be. `starts_at` is None where it has no time, or is left out."""

    wish: Wish
    # By whose clock the client is told of it.
    clients_zone: str
    starts_at: datetime | None
    is_left_out: bool
    overlap_reason: str
    in_the_way: Sequence[InTheWay]
    is_past: bool
    outside_hours: bool
    busy_elsewhere: bool
    # How far the clocks went forward (below zero: back) since the date before.
    shift: timedelta
    # Open times near it, where it cannot be as it is or something was decided about it.
    alternatives: Sequence[datetime]

    @property
    def key(self) -> Key:
        return self.wish.key

    @property
    def is_missing(self) -> bool:
        """The clocks skip its time, and no other was chosen."""
        return self.starts_at is None and not self.is_left_out

    @property
    def stands(self) -> bool:
        """Whether it can be written as it is."""
        if self.is_left_out:
            return True
        overlaps = self.in_the_way and not self.overlap_reason
        return not (self.is_missing or self.is_past or overlaps)


def laid_out(
    service: Service,
    client: Client,
    wishes: Sequence[Wish],
    choices: Choices,
    now: datetime,
) -> list[LaidOut]:
    """Every date as it would be with these choices. A fixed number of queries."""
    if not wishes:
        return []
    around = _Around(service, client, wishes, choices, now)
    rows: list[LaidOut] = []
    earlier: datetime | None = None
    for wish in wishes:
        shown = around.shown[wish.key]
        shift = clock_shift(earlier, shown, around.zone) if earlier else timedelta()
        rows.append(around.row(wish, shift))
        earlier = shown
    return rows


@dataclass(frozen=True, slots=True)
class _Taken:
    """A span that is spoken for, with its buffers, and by what."""

    held_from: datetime
    held_until: datetime
    what: InTheWay
    # Which wish it comes from, where it is one.
    key: Key | None = None


class _Around:
    """All that stands around the dates of one series."""

    def __init__(
        self,
        service: Service,
        client: Client,
        wishes: Sequence[Wish],
        choices: Choices,
        now: datetime,
    ) -> None:
        self.service, self.client, self.choices, self.now = service, client, choices, now
        self.zone = service.counsellor.zone
        self.starts = {wish.key: _start(wish, choices) for wish in wishes}
        # Where each date stands on the page, whether or not it is written in the end.
        self.shown = {
            wish.key: self.starts[wish.key] or wish.reading.first or _moved(wish) for wish in wishes
        }
        first, last = min(self.shown.values()), max(self.shown.values())
        first_day = availability.monday_of(local_date(first, self.zone))
        last_day = availability.monday_of(local_date(last, self.zone)) + WEEK
        longest = max(wish.before + wish.length + wish.after for wish in wishes)
        start, end = min(first, first - longest) - WEEK, last + longest + WEEK
        diary = read_diary(service.counsellor, start, end, now, limited=False)
        taken = [*self._consultations(wishes, start, end), *self._kept(start, end)]
        taken += [self._own(wish) for wish in wishes if self.starts[wish.key]]
        self.taken = _by_day(taken)
        self.elsewhere = self._elsewhere(start, end)
        busy = [(item.held_from, item.held_until) for item in taken] + self.elsewhere
        self.diary = replace(diary, busy=[Span.between(*span) for span in busy])
        self.hours = self._hours(diary, first_day, last_day)

    # --- Reading ------------------------------------------------------------------------------

    def _consultations(
        self, wishes: Sequence[Wish], start: datetime, end: datetime
    ) -> Iterator[_Taken]:
        moving = [
            wish.consultation.pk for wish in wishes if wish.consultation and self.starts[wish.key]
        ]
        rows = Consultation.objects.filter(
            Q(counsellor=self.service.counsellor_id) | Q(client=self.client),
            status__in=HOLDING,
            overlap_reason__isempty=True,
            held_until__gt=start,
            held_from__lt=end,
        ).exclude(pk__in=moving)
        for row in rows.select_related("client"):
            is_ours = row.counsellor_id == self.service.counsellor_id
            held = (row.held_from, row.held_until) if is_ours else (row.starts_at, row.ends_at)
            yield _Taken(*held, InTheWay(row.starts_at, row.ends_at, row))

    def _kept(self, start: datetime, end: datetime) -> Iterator[_Taken]:
        rows = Hold.objects.filter(
            counsellor=self.service.counsellor_id,
            state=Hold.State.OPEN,
            expires_at__gt=self.now,
            held_until__gt=start,
            held_from__lt=end,
        )
        for row in rows:
            what = InTheWay(row.starts_at, row.ends_at, is_kept=True)
            yield _Taken(row.held_from, row.held_until, what)

    def _own(self, wish: Wish) -> _Taken:
        start = self.shown[wish.key]
        end = start + wish.length
        what = InTheWay(start, end)
        return _Taken(start - wish.before, end + wish.after, what, wish.key)

    def _elsewhere(self, start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
        rows = BusyTime.objects.filter(
            counsellor=self.service.counsellor_id,
            calendar__is_on=True,
            ends_at__gt=start,
            starts_at__lt=end,
        )
        return list(rows.values_list("starts_at", "ends_at"))

    def _hours(self, diary: Diary, first_day: date, last_day: date) -> list[Span]:
        own_rules = diary.rules.get(self.service.pk)
        return availability.open_hours(
            rules=diary.rules.get(None, ()) if own_rules is None else own_rules,
            extra=diary.extra if own_rules is None else (),
            time_off=diary.time_off,
            zone=self.zone,
            first_day=first_day,
            last_day=last_day,
        )

    # --- One date -----------------------------------------------------------------------------

    def row(self, wish: Wish, shift: timedelta) -> LaidOut:
        start = self.starts[wish.key]
        at = self.shown[wish.key]
        reason = self.choices.overlapping.get(wish.key, "").strip()
        in_the_way = [] if start is None else self._in_the_way(wish, at)
        row = LaidOut(
            wish=wish,
            clients_zone=wish.consultation.time_zone
            if wish.consultation
            else self.client.time_zone,
            starts_at=start,
            is_left_out=wish.key in self.choices.left_out,
            overlap_reason=reason if in_the_way else "",
            in_the_way=in_the_way,
            is_past=at <= self.now,
            outside_hours=not self._is_within_hours(at, at + wish.length),
            busy_elsewhere=any(
                start < at + wish.length and end > at for start, end in self.elsewhere
            ),
            shift=shift,
            alternatives=(),
        )
        is_decided = wish.key in {*self.choices.instead, *self.choices.overlapping}
        if row.stands and not is_decided:
            return row
        return replace(row, alternatives=self._alternatives(at))

    def _in_the_way(self, wish: Wish, start: datetime) -> list[InTheWay]:
        end = start + wish.length
        held_from, held_until = start - wish.before, end + wish.after
        # One that stands outside the rule is in nobody's way, but has to say why.
        is_outside = self._stands_outside(wish.key)
        near = {id(item): item for day in _days(held_from, held_until) for item in self.taken[day]}
        return [
            item.what
            for item in near.values()
            if item.key != wish.key
            and item.held_from < held_until
            and item.held_until > held_from
            and (is_outside or not self._stands_outside(item.key))
        ]

    def _stands_outside(self, key: Key | None) -> bool:
        return key is not None and bool(self.choices.overlapping.get(key, "").strip())

    def _is_within_hours(self, start: datetime, end: datetime) -> bool:
        span = Span.between(start, end)
        place = bisect_right(self.hours, span.start, key=lambda hours: hours.start)
        return place > 0 and span.end <= self.hours[place - 1].end

    def _alternatives(self, wanted: datetime) -> list[datetime]:
        """Open times of its week, whatever the service asks of those who book it themselves."""
        open_to_staff = copy(self.service)
        open_to_staff.minimum_notice = 0
        open_to_staff.horizon = (wanted - self.now).days + 2 * WEEK.days
        open_to_staff.daily_maximum = open_to_staff.weekly_maximum = None
        monday = availability.monday_of(local_date(wanted, self.zone))
        slots = slots_in(self.diary, open_to_staff, monday, monday + WEEK - DAY, self.now)
        return [slot.start for slot in availability.nearest(slots, wanted, ALTERNATIVES)]


def _start(wish: Wish, choices: Choices) -> datetime | None:
    if wish.key in choices.left_out:
        return None
    return choices.instead.get(wish.key, wish.reading.first)


def _moved(wish: Wish) -> datetime:
    assert wish.reading.moved_to is not None  # noqa: S101  (a reading has one or the other)
    return wish.reading.moved_to


def _by_day(taken: Iterable[_Taken]) -> dict[date, list[_Taken]]:
    days: dict[date, list[_Taken]] = defaultdict(list)
    for item in taken:
        for day in _days(item.held_from, item.held_until):
            days[day].append(item)
    return days


def _days(start: datetime, end: datetime) -> Iterator[date]:
    """The dates a span touches, in UTC."""
    day, last = start.astimezone(UTC).date(), end.astimezone(UTC).date()
    while day <= last:
        yield day
        day += DAY
