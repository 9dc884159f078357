"""The dates of a series on the page: each in words, with what can be decided about it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from counsel.common.zones import get_zone, offset_label
from sessions.desk.clocks import key_of
from sessions.series.asked import Choices, Wish
from sessions.series.layout import InTheWay, LaidOut
from sessions.wording import clock_words, day_words, zone_words

OVERLAP = "overlap"
# As far from its day as another time for a date may lie.
FARTHEST = timedelta(days=8)


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    words: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class DateRow:
    """One line. `trouble` keeps it from being written, `notes` do not."""

    key: str
    when: str
    before: str
    clients_clock: str
    clocks: str
    trouble: Sequence[str]
    notes: Sequence[str]
    options: Sequence[Option]
    is_left_out: bool
    stands: bool


def choices_from(posted: QueryDict, wishes: Iterable[Wish], reason: str) -> Choices:
    """What was decided about each date; what makes no sense is as if it were not there."""
    left_out, instead, overlapping = set(), {}, {}
    ticked = set(posted.getlist("out"))
    for wish in wishes:
        value = posted.get(f"at-{wish.key}", "")
        if str(wish.key) in ticked:
            left_out.add(wish.key)
        elif value == OVERLAP:
            overlapping[wish.key] = reason
        elif (instant := _instant(value, wish)) is not None:
            instead[wish.key] = instant
    return Choices(left_out=left_out, instead=instead, overlapping=overlapping)


def _instant(value: str, wish: Wish) -> datetime | None:
    try:
        instant = datetime.strptime(value, "%Y%m%dT%H%MZ").replace(tzinfo=UTC)
    except ValueError:
        return None
    midnight = datetime.combine(wish.reading.day, wish.reading.at, tzinfo=UTC)
    return instant if abs(instant - midnight) <= FARTHEST else None


def date_rows(dates: Iterable[LaidOut], choices: Choices, zone: ZoneInfo) -> list[DateRow]:
    return [_row(date, choices, zone) for date in dates]


def _row(date: LaidOut, choices: Choices, zone: ZoneInfo) -> DateRow:
    row = date.wish.consultation
    return DateRow(
        key=str(date.key),
        when=_when(date, zone),
        before=short_words(row.starts_at, zone) if row else "",
        clients_clock=_clients_clock(date, zone),
        clocks=shift_words(date.shift),
        trouble=_trouble(date, zone),
        notes=_notes(date),
        options=_options(date, choices, zone),
        is_left_out=date.is_left_out,
        stands=date.stands,
    )


def short_words(instant: datetime, zone: ZoneInfo) -> str:
    """'Tuesday 12 March, 10:00'."""
    day = day_words(instant.astimezone(zone).date())
    return f"{day}, {clock_words(instant, zone)}"


def shift_words(shift: timedelta) -> str:
    """What the clocks of the counsellor's zone did since the date before."""
    if not shift:
        return ""
    minutes = abs(shift) // timedelta(minutes=1)
    length = ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
    if minutes % 60 == 0:
        hours = minutes // 60
        length = ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
    if shift > timedelta():
        return _("The clocks go forward before this one, by %(length)s.") % {"length": length}
    return _("The clocks go back before this one, by %(length)s.") % {"length": length}


def _when(date: LaidOut, zone: ZoneInfo) -> str:
    if date.starts_at is not None:
        return short_words(date.starts_at, zone)
    return f"{day_words(date.wish.reading.day)}, {date.wish.reading.at:%H:%M}"


def _clients_clock(date: LaidOut, zone: ZoneInfo) -> str:
    """The same instant by the client's clock, where it shows something else."""
    theirs = get_zone(date.clients_zone)
    if date.starts_at is None:
        return ""
    here, there = date.starts_at.astimezone(zone), date.starts_at.astimezone(theirs)
    if here.replace(tzinfo=None) == there.replace(tzinfo=None):
        return ""
    same_day = here.date() == there.date()
    when = f"{there:%H:%M}" if same_day else short_words(date.starts_at, theirs)
    return _("%(when)s for the client (%(zone)s)") % {"when": when, "zone": zone_words(theirs)}


def _trouble(date: LaidOut, zone: ZoneInfo) -> list[str]:
    if date.is_left_out:
        return []
    if date.is_missing:
        at = f"{date.wish.reading.at:%H:%M}"
        return [_("The clocks go forward: there is no %(at)s that day.") % {"at": at}]
    words = [_("This is past.")] if date.is_past else []
    return words + [_in_the_way(found, zone) for found in date.in_the_way]


def _in_the_way(found: InTheWay, zone: ZoneInfo) -> str:
    span = f"{clock_words(found.starts_at, zone)}–{clock_words(found.ends_at, zone)}"
    if found.is_kept:
        return _("%(span)s is just being booked.") % {"span": span}
    if found.consultation is None:
        return _("Another date of this series is at %(span)s.") % {"span": span}
    name = found.consultation.client.name
    return _("Taken: %(name)s, %(span)s.") % {"name": name, "span": span}


def _notes(date: LaidOut) -> list[str]:
    if date.is_left_out or date.is_missing:
        return []
    notes = []
    if date.outside_hours:
        notes.append(_("Outside your hours."))
    if date.busy_elsewhere:
        notes.append(_("Busy in a calendar of your own."))
    if date.wish.reading.is_twice:
        notes.append(_("The clocks go back: this time comes twice."))
    return notes


def _options(date: LaidOut, choices: Choices, zone: ZoneInfo) -> list[Option]:
    """The times it may be at; none where there is nothing to decide."""
    chosen = choices.instead.get(date.key)
    overlaps = date.key in choices.overlapping
    reading = date.wish.reading
    offered = {*date.alternatives, *reading.instants[1:]}
    offered |= {instant for instant in (chosen, reading.moved_to) if instant is not None}
    offered.discard(reading.first)
    if not offered and not date.in_the_way:
        return []
    is_stuck = reading.first is None or (date.in_the_way and chosen is None and not overlaps)
    words = _("choose a time") if is_stuck else _as_planned(date, zone)
    options = [Option("", words, chosen is None and not overlaps)]
    if overlaps or (date.in_the_way and chosen is None):
        options.append(Option(OVERLAP, _("then, all the same: it may overlap"), overlaps))
    return options + [
        Option(key_of(instant), _time_words(instant, date, zone), instant == chosen)
        for instant in sorted(offered)
    ]


def _as_planned(date: LaidOut, zone: ZoneInfo) -> str:
    first = date.wish.reading.first
    assert first is not None  # noqa: S101  (asked before)
    words = _("as planned, %(time)s") % {"time": clock_words(first, zone)}
    return f"{words} ({offset_label(first, zone)})" if date.wish.reading.is_twice else words


def _time_words(instant: datetime, date: LaidOut, zone: ZoneInfo) -> str:
    is_that_day = instant.astimezone(zone).date() == date.wish.reading.day
    words = clock_words(instant, zone) if is_that_day else short_words(instant, zone)
    if instant in date.wish.reading.instants:
        return f"{words} ({offset_label(instant, zone)})"
    return words
