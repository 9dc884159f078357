"""Wall clocks and instants.

Instants are aware datetimes in UTC. Wall-clock times are a date, a time and a
zone, and are turned into instants only here, because `datetime` alone maps a
time that does not exist to another one without a word.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo, available_timezones

# Keys that name no place: the server's own clock, and "not set up yet".
NOT_ZONES = frozenset({"localtime", "Factory"})

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


class UnknownZone(ValueError):
    """The name is not that of a time zone. Never carries the name: it may be anything."""


def get_zone(name: str) -> ZoneInfo:
    """The zone of that name, old names that browsers still report included.

    Raises UnknownZone for everything else. The name is looked up in a set before
    it comes near a file system.
    """
    if name not in _known_names():
        raise UnknownZone("This is not the name of a time zone.")
    return ZoneInfo(name)


@cache
def zone_names() -> tuple[str, ...]:
    """The names to offer in a choice list: one for each place of the IANA zone table, and UTC."""
    table = resources.files("tzdata").joinpath("zoneinfo", "zone.tab").read_text("utf-8")
    rows = (line.split("\t") for line in table.splitlines() if not line.startswith("#"))
    return tuple(sorted({"UTC", *(row[2] for row in rows)} & _known_names()))


def zone_choices(current: str = "") -> list[tuple[str, str]]:
    """What to choose from: every place, and `current` even where that is an older name."""
    names = sorted({*zone_names(), current} - {""})
    return [(name, name.replace("_", " ")) for name in names]


@cache
def _known_names() -> frozenset[str]:
    return frozenset(available_timezones()) - NOT_ZONES


def to_utc(day: date, at: time, zone: ZoneInfo, *, fold: int = 0) -> datetime | None:
    """The instant at which the clock on the wall shows this; None if it never does.

    Where clocks are put back and show it twice, `fold` chooses the first (0) or
    the second (1) time. None also where the instant lies outside the calendar
    (the edges of the years 1 and 9999).
    """
    wall = datetime.combine(day, at.replace(fold=fold), tzinfo=zone)
    try:
        instant = wall.astimezone(UTC)
        shown = _wall(instant, zone)
    except OverflowError:
        return None
    return instant if shown == datetime.combine(day, at) else None


def first_instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The first instant at which the clock on the wall shows this or, in a gap, has passed it.

    Raises OverflowError at the edges of the years 1 and 9999.
    """
    exact = to_utc(day, at, zone)
    if exact is not None:
        return exact
    wanted = datetime.combine(day, at)
    # In a gap the two readings of the wall time lie on either side of the change.
    before = wanted.replace(tzinfo=zone, fold=1).astimezone(UTC).replace(microsecond=0)
    after = wanted.replace(tzinfo=zone, fold=0).astimezone(UTC).replace(microsecond=0)
    while after - before > SECOND:
        middle = before + (after - before) // SECOND // 2 * SECOND
        if _wall(middle, zone) < wanted:
            before = middle
        else:
            after = middle
    return after


def local_date(instant: datetime, zone: ZoneInfo) -> date:
    return instant.astimezone(zone).date()


def day_bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """From the first instant that bears the date to the first of the next day, half-open.

    Usually 24 hours, 23 to 25 around a clock change, empty for a day the zone
    skipped. Every instant belongs to exactly one day.
    Raises OverflowError at the edges of the years 1 and 9999.
    """
    next_day = day + timedelta(days=1)
    return first_instant(day, time(), zone), first_instant(next_day, time(), zone)


def offset_label(instant: datetime, zone: ZoneInfo) -> str:
    """'UTC+05:30', or 'UTC' where there is no offset."""
    offset = instant.astimezone(zone).utcoffset() or timedelta()
    if not offset:
        return "UTC"
    hours, minutes = divmod(abs(offset) // MINUTE, 60)
    return f"UTC{'-' if offset < timedelta() else '+'}{hours:02}:{minutes:02}"


def place(zone: ZoneInfo) -> str:
    """The zone's name for people: 'Asia/Kolkata' -> 'Kolkata'.

    'Etc/GMT+5' lies five hours *behind* UTC, so these names are never shown as they are.
    """
    if zone.key.startswith("Etc/"):
        return offset_label(datetime(2000, 1, 1, tzinfo=UTC), zone)
    return zone.key.rsplit("/", 1)[-1].replace("_", " ")


def _wall(instant: datetime, zone: ZoneInfo) -> datetime:
    return instant.astimezone(zone).replace(tzinfo=None)
