from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

from sessions.availability import Terms, WeeklyRule, open_slots, seconds

LONDON = ZoneInfo("Europe/London")
ALL_NAMES = tuple(sorted(available_timezones() - {"localtime", "Factory"}))
A_DAY = timedelta(days=1)
MONDAY = date(2026, 6, 1)


def minutes(count):
    return timedelta(minutes=count)


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


def make_terms(**kw):
    given = {"length": 60, "buffer_before": 0, "buffer_after": 0, "step": 60, "minimum_notice": 0}
    given |= {"horizon": 60 * 24 * 365, **kw}
    maxima = {name: given.pop(name, None) for name in ("daily_maximum", "weekly_maximum")}
    return Terms(**maxima, **{name: minutes(n) for name, n in given.items()})


def every_day(start, end):
    return [WeeklyRule(weekday, time(*start), time(*end), None, None) for weekday in range(7)]


def make_inputs(**kw):
    """A counsellor in London who works from nine to five, seen at the start of June."""
    first_day = kw.get("first_day", MONDAY)
    kw["taken"] = [seconds(at) for at in kw.get("taken", [])]
    return {
        "rules": every_day((9,), (17,)),
        "extra": [],
        "time_off": [],
        "busy": [],
        "terms": make_terms(),
        "zone": LONDON,
        "now": kw.get("now") or datetime.combine(first_day, time(), tzinfo=UTC) - 5 * A_DAY,
        "first_day": first_day,
        "last_day": first_day,
        **kw,
    }


def shown(**kw):
    """The open starts as the counsellor's clock shows them."""
    inputs = make_inputs(**kw)
    return [f"{s.start.astimezone(inputs['zone']):%H:%M}" for s in open_slots(**inputs)]


def starts(**kw):
    return [slot.start for slot in open_slots(**make_inputs(**kw))]
