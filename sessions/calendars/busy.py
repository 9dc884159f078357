"""The busy times of a calendar file that somebody else wrote: when, and nothing else.

Titles, places, people and notes are taken out before anything is read. Files can be wrong, and
can be made to be: one from outside is read by `sessions.calendars.apart`, in a process with limits.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar, Event

from counsel.common.zones import UnknownZone, first_instant, get_zone

Span = tuple[datetime, datetime]

# More than a busy person has in a year and a bit; kept so that no file fills the database.
MOST_SPANS = 10_000

# A calendar, a zone in it, its summer time: a file that nests deeper is made to harm.
_DEEPEST = 5

_KEPT = re.compile(
    rb"(BEGIN|END|VERSION|PRODID|X-WR-TIMEZONE"
    rb"|UID|SEQUENCE|RECURRENCE-ID|DTSTART|DTEND|DURATION|RRULE|RDATE|EXDATE|STATUS|TRANSP"
    rb"|TZID|TZOFFSETFROM|TZOFFSETTO)[;:]",
    re.IGNORECASE,
)
_FOLD = re.compile(rb"\r?\n[ \t]")
_ZONES = re.compile(rb"^BEGIN:VTIMEZONE$.*?^END:VTIMEZONE$", re.DOTALL | re.MULTILINE | re.I)


class Unreadable(ValueError):
    """Not a calendar, or not a whole one. Never carries its words."""


class TooMany(ValueError):
    """More busy times than anybody has."""


def busy_spans(data: bytes, *, zone: ZoneInfo, since: datetime, until: datetime) -> list[Span]:
    """When the calendar is busy between two instants: in UTC, in order, apart from each other.

    Cancelled events, and those marked as free, keep nobody busy. Whole days and times without a
    zone are by the calendar's own clock, or `zone` where it names none. A series that cannot be
    worked out is left out. Raises Unreadable or TooMany.
    """
    spans: list[Span] = []
    for calendar in _calendars(data):
        clock = _clock(calendar, zone)
        for event in _occurrences(calendar, clock, since, until):
            span = _span(event, clock)
            start, end = max(span[0], since), min(span[1], until)
            if start < end and _is_busy(event):
                spans.append((start, end))
    merged = list(_merged(spans))
    if len(merged) > MOST_SPANS:
        raise TooMany
    return merged


def _calendars(data: bytes) -> list[Calendar]:
    lines = _FOLD.sub(b"", data.removeprefix(b"\xef\xbb\xbf")).splitlines()
    kept = [line.strip() for line in lines if _KEPT.match(line)]
    if not _is_whole(kept):
        raise Unreadable
    text = b"\r\n".join(kept)
    try:
        return _read(text)
    except ValueError:
        # Most often it is a zone written wrongly. Its name may do without it.
        without = _ZONES.sub(b"", b"\n".join(kept)).splitlines()
    try:
        return _read(b"\r\n".join(without))
    except ValueError as error:
        raise Unreadable from error


def _is_whole(lines: list[bytes]) -> bool:
    """Whether there are calendars from beginning to end, every part of them closed."""
    open_parts: list[bytes] = []
    for line in (line.upper() for line in lines):
        if line.startswith(b"BEGIN:"):
            open_parts.append(line[6:])
        elif line.startswith(b"END:") and (not open_parts or open_parts.pop() != line[4:]):
            return False
        if len(open_parts) > _DEEPEST or (open_parts[:1] or [b"VCALENDAR"]) != [b"VCALENDAR"]:
            return False
    return bool(lines) and not open_parts


def _read(text: bytes) -> list[Calendar]:
    return list(Calendar.from_ical(text.decode("utf-8", "replace"), multiple=True))


def _clock(calendar: Calendar, zone: ZoneInfo) -> ZoneInfo:
    try:
        return get_zone(str(calendar.get("X-WR-TIMEZONE", "")))
    except UnknownZone:
        return zone


def _occurrences(
    calendar: Calendar, clock: ZoneInfo, since: datetime, until: datetime
) -> Iterator[Event]:
    """Each event by itself and each time of a series, overlapping the two instants or nearly so."""
    day = timedelta(days=1)
    for series in _series(calendar, clock):
        try:
            query = recurring_ical_events.of(series, skip_bad_series=True)
            yield from query.between(since - day, until + day)
        except (ArithmeticError, LookupError, TypeError, ValueError, AttributeError):
            continue


def _series(calendar: Calendar, clock: ZoneInfo) -> Iterable[Calendar]:
    """A calendar for each series, so that one that is wrong does not hide the others."""
    groups: defaultdict[str, Calendar] = defaultdict(Calendar)
    for number, event in enumerate(calendar.events):
        if _is_in_order(event, clock):
            groups[str(event.get("UID", number))].add_component(event)
    return groups.values()


def _is_in_order(event: Event, clock: ZoneInfo) -> bool:
    try:
        start, end = event.DTSTART, event.DTEND
        if start is None:
            return False
        return end is None or _instant(start, clock) <= _instant(end, clock)
    except (ArithmeticError, LookupError, TypeError, ValueError, AttributeError):
        return False


def _is_busy(event: Event) -> bool:
    is_off = str(event.get("STATUS", "")).upper() == "CANCELLED"
    return not is_off and str(event.get("TRANSP", "")).upper() != "TRANSPARENT"


def _span(event: Event, clock: ZoneInfo) -> Span:
    return _instant(event.start, clock), _instant(event.end, clock)


def _instant(at: date, clock: ZoneInfo) -> datetime:
    if not isinstance(at, datetime):
        return first_instant(at, time(), clock)
    if at.tzinfo is None:
        return first_instant(at.date(), at.time().replace(fold=0), clock)
    return at.astimezone(UTC)


def _merged(spans: Iterable[Span]) -> Iterator[Span]:
    """In order, with those that touch made one."""
    current: Span | None = None
    for start, end in sorted(spans):
        if current is None or start > current[1]:
            if current is not None:
                yield current
            current = (start, end)
        else:
            current = (current[0], max(current[1], end))
    if current is not None:
        yield current
