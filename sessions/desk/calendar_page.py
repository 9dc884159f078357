"""The counsellor's days and weeks, drawn to scale by their own clock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from counsel.accounts.models import Counsellor
from counsel.accounts.roles import counsellor_of
from counsel.common.zones import day_bounds, local_date
from sessions import availability
from sessions.diary import read_diary
from sessions.models import KEPT, BusyTime, Consultation, Hold
from sessions.templatetags.appointments import status_shape
from sessions.wall import Axis, Change, Placed, in_lanes
from sessions.wording import clock_words, day_words, zone_words

DAY = timedelta(days=1)
WEEK = timedelta(days=7)
# What is drawn at least.
FIRST_HOUR, LAST_HOUR = 8, 18
# What a row of the grid stands for, in minutes.
ROW = 5
HOUR = 60
# With more side by side nothing could be read any more: the others share the last lane.
MOST_LANES = 4
EARLIEST = date(2000, 1, 1)
LATEST = timedelta(days=10 * 366)


@dataclass(frozen=True, slots=True)
class Item:
    """Something that takes time. `place` is a set of classes: where it begins, ends and stands."""

    kind: str
    place: str
    starts: str
    until: str
    words: str
    url: str = ""
    status: str = ""
    shape: str = ""
    is_over: bool = False
    is_short: bool = False


@dataclass(frozen=True, slots=True)
class Band:
    """What a stretch of the day is like: `open`, `off`, or `missing` from the clock."""

    kind: str
    place: str
    words: str


@dataclass(frozen=True, slots=True)
class Day:
    date: date
    name: str
    short_name: str
    is_today: bool
    is_chosen: bool
    clocks: str
    open_words: str
    bands: list[Band]
    items: list[Item]
    # Where the clock stands now; empty on every day but today.
    now: str


@dataclass(frozen=True, slots=True)
class Found:
    """What takes time, wherever it is drawn."""

    start: datetime
    end: datetime
    item: Item


@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """403 for a manager who is no counsellor: whose days would it show?"""
    counsellor = counsellor_of(request.user)
    if counsellor is None:
        raise PermissionDenied
    context = {
        **admin.site.each_context(request),
        **calendar_context(counsellor, request, timezone.now()),
    }
    return TemplateResponse(request, "sessions/desk_calendar.html", context)


def day_from(request: HttpRequest, today: date) -> date:
    """The day that was asked for; today where none was, or none that is likely."""
    try:
        day = date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return today
    return day if EARLIEST <= day <= today + LATEST else today


def calendar_context(counsellor: Counsellor, request: HttpRequest, now: datetime) -> dict[str, Any]:
    """Five queries, whatever the days hold."""
    zone = counsellor.zone
    today = local_date(now, zone)
    chosen = day_from(request, today)
    is_week = request.GET.get("view") != "day"
    first = availability.monday_of(chosen) if is_week else chosen
    days = [first + n * DAY for n in range(7 if is_week else 1)]
    drawn = _drawn(counsellor, days, chosen, now)
    return {
        **drawn,
        "is_week": is_week,
        "chosen": chosen,
        "today": today,
        "clock": zone_words(zone),
        "title": _week_words(days) if is_week else day_words(chosen),
        "day_title": day_words(chosen),
        "steps": {
            "previous_day": chosen - DAY,
            "next_day": chosen + DAY,
            "previous_week": chosen - WEEK,
            "next_week": chosen + WEEK,
        },
    }


def _drawn(
    counsellor: Counsellor, days: Sequence[date], chosen: date, now: datetime
) -> dict[str, Any]:
    zone = counsellor.zone
    start, end = day_bounds(days[0], zone)[0], day_bounds(days[-1], zone)[1]
    axis = Axis(days, zone)
    found = sorted(_found(counsellor, start, end, now), key=lambda f: (f.start, f.end))
    diary = read_diary(counsellor, start, end, now, limited=False)
    hours = availability.open_hours(
        # Whatever is offered in them.
        rules=[rule for rules in diary.rules.values() for rule in rules],
        extra=diary.extra,
        time_off=diary.time_off,
        zone=zone,
        first_day=days[0],
        last_day=days[-1],
    )
    spans = {"open": list(map(_instants, hours)), "off": list(map(_instants, diary.time_off))}
    window = _window(axis, days, [*spans["open"], *((f.start, f.end) for f in found)])
    today = local_date(now, zone)
    return {
        "days": [
            _day(counsellor, axis, window, day, found, spans, now, chosen, today) for day in days
        ],
        "hours": [
            (_corner(place - window[0], ""), f"{hour:02}:00")
            for place, hour in axis.hours()
            if window[0] <= place < window[1]
        ],
        "end": _corner(window[1] - window[0], "e"),
    }


# --- What there is --------------------------------------------------------------------------


def _found(
    counsellor: Counsellor, start: datetime, end: datetime, now: datetime
) -> Iterable[Found]:
    zone = counsellor.zone

    def item(kind: str, starts: datetime, ends: datetime, words: str, **more: Any) -> Found:
        clock = clock_words(starts, zone), clock_words(ends, zone)
        is_short = ends - starts < timedelta(minutes=40)
        return Found(
            starts,
            ends,
            Item(kind, "", *clock, words, is_over=ends <= now, is_short=is_short, **more),
        )

    consultations = Consultation.objects.filter(
        # Who was handed over stands in it no more.
        client__counsellor=counsellor,
        counsellor=counsellor,
        status__in=KEPT,
        ends_at__gt=start,
        starts_at__lt=end,
    )
    for row in consultations.select_related("client", "service"):
        yield item(
            "consultation",
            row.starts_at,
            row.ends_at,
            row.client.name,
            url=reverse("admin:consultations_consultation_change", args=[row.pk]),
            status=row.get_status_display(),
            shape=status_shape(row),
        )
    kept = Hold.objects.filter(
        counsellor=counsellor,
        state=Hold.State.OPEN,
        expires_at__gt=now,
        ends_at__gt=start,
        starts_at__lt=end,
    )
    for hold in kept:
        is_offer = hold.purpose == Hold.Purpose.OFFER
        words = _("offered from the waiting list") if is_offer else _("being booked")
        yield item("kept", hold.starts_at, hold.ends_at, words)
    elsewhere = BusyTime.objects.filter(
        counsellor=counsellor, calendar__is_on=True, ends_at__gt=start, starts_at__lt=end
    )
    for starts, ends in elsewhere.values_list("starts_at", "ends_at"):
        yield item("elsewhere", starts, ends, _("busy in a calendar of your own"))


# --- Where it stands ------------------------------------------------------------------------


def _day(
    counsellor: Counsellor,
    axis: Axis,
    window: tuple[int, int],
    day: date,
    found: Sequence[Found],
    spans: dict[str, list[tuple[datetime, datetime]]],
    now: datetime,
    chosen: date,
    today: date,
) -> Day:
    placed = [(axis.between(f.start, f.end, day), f.item) for f in found]
    here = [(place, item) for place, item in placed if place is not None]
    laned = in_lanes([place for place, _item in here])
    top = window[0]
    bands = [Band("missing", _place(hole, window), "") for hole in axis.missing(day)]
    open_words = []
    for kind, stretches in spans.items():
        for start, end in stretches:
            place = axis.between(start, end, day)
            if place is None:
                continue
            words = _stretch_words(start, end, day, counsellor)
            bands.append(Band(kind, _place(place, window), words if kind == "off" else ""))
            if kind == "open":
                open_words.append(words)
    stands_in = top <= axis.at(now, day) < window[1]
    return Day(
        date=day,
        name=day_words(day),
        short_name=date_format(day, "D j M"),
        is_today=day == today,
        is_chosen=day == chosen,
        clocks=_clocks_words(axis.change_of(day)),
        open_words=", ".join(open_words),
        bands=[band for band in bands if band.place],
        items=[
            replace(item, place=f"{_place(place, window)} {_lane(place)}")
            for place, (_unlaned, item) in zip(laned, here, strict=True)
        ],
        now=_corner(axis.at(now, day) - top, "") if day == today and stands_in else "",
    )


def _window(
    axis: Axis, days: Sequence[date], spans: Iterable[tuple[datetime, datetime]]
) -> tuple[int, int]:
    """The part of the axis that is drawn: working hours, and all that lies outside them."""
    places = [axis.between(*span, day) for span in spans for day in days]
    tops = [place.top for place in places if place]
    bottoms = [place.bottom for place in places if place]
    at = {hour: place for place, hour in axis.hours()}
    first = min([at[FIRST_HOUR], *tops]) // HOUR * HOUR
    last = -(-max([at[LAST_HOUR], *bottoms]) // HOUR) * HOUR
    return first, last


def _place(place: Placed, window: tuple[int, int]) -> str:
    """The classes of where it begins and ends; none where it lies outside what is drawn."""
    top, bottom = max(place.top, window[0]), min(place.bottom, window[1])
    if top >= bottom:
        return ""
    first = (top - window[0]) // ROW * ROW
    last = -(-(bottom - window[0]) // ROW) * ROW
    return f"{_corner(first, '')} {_corner(last, 'e')}"


def _corner(minutes: int, end: str) -> str:
    """Hours and minutes from the top, as `static/desk/calendar.css` counts them."""
    return f"{end}h{minutes // HOUR} {end}m{minutes % HOUR // ROW * ROW}"


def _lane(place: Placed) -> str:
    lanes = min(place.lanes, MOST_LANES)
    return f"of{lanes} at{min(place.lane, lanes - 1)}"


def _instants(span: tuple[int, int]) -> tuple[datetime, datetime]:
    start, end = span
    return datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(end, UTC)


# --- In words -------------------------------------------------------------------------------


def _stretch_words(start: datetime, end: datetime, day: date, counsellor: Counsellor) -> str:
    zone = counsellor.zone
    first, last = day_bounds(day, zone)
    if start <= first and end >= last:
        return _("all day")
    until = "24:00" if end >= last else clock_words(end, zone)
    return f"{clock_words(max(start, first), zone)}–{until}"


def _clocks_words(change: Change | None) -> str:
    if change is None:
        return ""
    hours, minutes = divmod(change.length, HOUR)
    length = (
        ngettext("%(count)d minute", "%(count)d minutes", change.length) % {"count": change.length}
        if minutes
        else ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
    )
    if change.is_repeat:
        return _("The clocks go back by %(length)s.") % {"length": length}
    return _("The clocks go forward by %(length)s.") % {"length": length}


def _week_words(days: Sequence[date]) -> str:
    return f"{date_format(days[0], 'j F')} – {date_format(days[-1], 'j F Y')}"
