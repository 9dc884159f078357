"""Days drawn side by side by the clock on the wall, those on which it is moved included.

All days of a page share one axis, in minutes from midnight as the clock shows them. Where one
of them shows an hour twice, the axis holds it twice and the other days are empty there; an hour
that one of them skips is empty on that day. So ten o'clock stands at one height everywhere, and
an hour is as high as an hour.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from counsel.common.zones import day_bounds

MINUTE = timedelta(minutes=1)
DAY_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class Change:
    """The clock is moved: `length` minutes from `start` on come twice, or not at all."""

    start: int
    length: int
    is_repeat: bool


@dataclass(frozen=True, slots=True)
class Placed:
    """Where something stands on one day: minutes on the axis, and which of how many lanes."""

    top: int
    bottom: int
    lane: int = 0
    lanes: int = 1


class Axis:
    """The minutes of these days (in `zone`), as the clock shows them."""

    def __init__(self, days: Sequence[date], zone: ZoneInfo) -> None:
        self.zone = zone
        self._changes = {day: clock_change(day, zone) for day in days}
        repeats = [change for change in self._changes.values() if change and change.is_repeat]
        self._repeats = sorted(repeats, key=lambda change: change.start)
        self.length = DAY_MINUTES + sum(change.length for change in self._repeats)

    def at(self, instant: datetime, day: date) -> int:
        """Where an instant stands on that day; one outside it at the day's edge."""
        shown = instant.astimezone(self.zone)
        if shown.date() != day:
            return 0 if shown.date() < day else self.length
        wall = shown.hour * 60 + shown.minute
        return wall + sum(
            change.length
            for change in self._repeats
            if wall >= change.start + change.length or (shown.fold and wall >= change.start)
        )

    def between(self, start: datetime, end: datetime, day: date) -> Placed | None:
        """The part of a span that lies on that day, if any."""
        first, last = day_bounds(day, self.zone)
        if end <= first or start >= last:
            return None
        bottom = self.length if end >= last else self.at(end, day)
        return Placed(self.at(max(start, first), day), bottom)

    def missing(self, day: date) -> list[Placed]:
        """What of the axis that day does not have."""
        own = self._changes[day]
        holes = [
            Placed(change.start + change.length, change.start + 2 * change.length)
            for change in self._repeats
            if change is not own
        ]
        if own is not None and not own.is_repeat:
            top = own.start + sum(c.length for c in self._repeats if c.start < own.start)
            holes.append(Placed(top, top + own.length))
        return holes

    def change_of(self, day: date) -> Change | None:
        return self._changes[day]

    def hours(self) -> list[tuple[int, int]]:
        """Where each full hour stands, and which it is; a repeated one twice, in order."""
        found = []
        for hour in range(24):
            wall = hour * 60
            place = wall + sum(c.length for c in self._repeats if wall >= c.start + c.length)
            found.append((place, hour))
            again = [c for c in self._repeats if c.start <= wall < c.start + c.length]
            found += [(place + change.length, hour) for change in again]
        return sorted(found)


def clock_change(day: date, zone: ZoneInfo) -> Change | None:
    """What is done to the clock on that day. No zone has ever moved it twice within one."""
    first, last = day_bounds(day, zone)
    if first >= last:
        return Change(0, DAY_MINUTES, is_repeat=False)
    opens = first.astimezone(zone)
    if skipped := opens.hour * 60 + opens.minute:
        return Change(0, skipped, is_repeat=False)
    before, after = first, last - MINUTE
    old, new = _offset(before, zone), _offset(after, zone)
    if old == new:
        return None
    while after - before > MINUTE:
        middle = before + (after - before) // MINUTE // 2 * MINUTE
        if _offset(middle, zone) == old:
            before = middle
        else:
            after = middle
    # The first minute by the new offset, as the old one would have shown it.
    wall = (after - first) // MINUTE
    if new > old:
        return Change(wall, (new - old) // MINUTE, is_repeat=False)
    length = (old - new) // MINUTE
    return Change(wall - length, length, is_repeat=True)


def in_lanes(placed: Iterable[Placed]) -> list[Placed]:
    """Side by side where they overlap, each in the first lane that is free; given in order."""
    result: list[Placed] = []
    together: list[Placed] = []
    busy_until: list[int] = []
    for item in placed:
        if together and item.top >= max(busy_until):
            result += _widened(together, len(busy_until))
            together, busy_until = [], []
        free = (lane for lane, until in enumerate(busy_until) if until <= item.top)
        lane = next(free, len(busy_until))
        busy_until[lane : lane + 1] = [item.bottom]
        together.append(Placed(item.top, item.bottom, lane))
    return result + _widened(together, len(busy_until))


def _widened(together: Iterable[Placed], lanes: int) -> list[Placed]:
    return [Placed(item.top, item.bottom, item.lane, lanes) for item in together]


def _offset(instant: datetime, zone: ZoneInfo) -> timedelta:
    return instant.astimezone(zone).utcoffset() or timedelta()
