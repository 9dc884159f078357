"""Times in the words people use: "Tuesday 3 March, 17:00 (India time)"."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time
from functools import cache, lru_cache
from importlib import resources
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from counsel.common.zones import get_zone, offset_label, place, zone_names


def day_words(day: date) -> str:
    """'Tuesday 3 March', with the year where it is not this one."""
    this_year = timezone.now().year == day.year
    return _dated(day, "l j F" if this_year else "l j F Y", get_language())


def clock_words(instant: datetime, zone: ZoneInfo) -> str:
    return _timed(instant.astimezone(zone).time(), "H:i", get_language())


def when_words(instant: datetime, zone: ZoneInfo) -> str:
    return _("%(day)s, %(time)s (%(zone)s)") % {
        "day": day_words(instant.astimezone(zone).date()),
        "time": clock_words(instant, zone),
        "zone": zone_words(zone),
    }


def short_when(instant: datetime, zone: ZoneInfo) -> str:
    """'Tue 3 Mar, 17:00 (India)', for a message of one line."""
    day = instant.astimezone(zone).date()
    this_year = timezone.now().year == day.year
    return _("%(day)s, %(time)s (%(place)s)") % {
        "day": _dated(day, "D j M" if this_year else "D j M Y", get_language()),
        "time": clock_words(instant, zone),
        "place": _place_words(zone),
    }


def zone_words(zone: ZoneInfo) -> str:
    """'India time', 'London time': the country where it has one clock and a plain name."""
    return _("%(place)s time") % {"place": _place_words(zone)}


def _place_words(zone: ZoneInfo) -> str:
    return _countries().get(zone.key) or place(zone)


def zone_and_offset(zone: ZoneInfo, instant: datetime) -> str:
    return f"{zone_words(zone)}, {offset_label(instant, zone)}"


def known_zone(name: str) -> ZoneInfo:
    """The zone of that name under the name our lists use: browsers still say 'Asia/Calcutta'.

    Raises UnknownZone.
    """
    zone = get_zone(name)
    return zone if name in zone_names() else ZoneInfo(_renamed().get(name, name))


# Many messages at once speak of the same few days and hours. The language is the one of the moment:
# by it the words are told apart.
@lru_cache(maxsize=1024)
def _dated(day: date, pattern: str, language: str | None) -> str:
    return date_format(day, pattern)


@lru_cache(maxsize=1024)
def _timed(at: time, pattern: str, language: str | None) -> str:
    return time_format(at, pattern)


@cache
def _countries() -> dict[str, str]:
    names = dict(row[:2] for row in _table("iso3166.tab"))
    places = [(row[0], row[2]) for row in _table("zone.tab")]
    clocks = Counter(country for country, _zone in places)
    return {
        zone: names[country]
        for country, zone in places
        if clocks[country] == 1 and "(" not in names[country]
    }


@cache
def _renamed() -> dict[str, str]:
    """Old names and the ones that took their place, from the zone database itself."""
    links = (row for row in _table("tzdata.zi", " ") if row[0] == "L")
    return {old: new for _mark, new, old in links if new in zone_names()}


def _table(name: str, separator: str = "\t") -> list[list[str]]:
    text = resources.files("tzdata").joinpath("zoneinfo", name).read_text("utf-8")
    return [line.split(separator) for line in text.splitlines() if not line.startswith("#")]
