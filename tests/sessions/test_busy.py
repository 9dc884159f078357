"""When somebody else's calendar is busy, however it is written."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.calendars import busy
from sessions.calendars.apart import busy_spans_apart
from sessions.calendars.busy import TooMany, Unreadable, busy_spans
from tests.sessions.ics import event, file

LONDON = ZoneInfo("Europe/London")
SINCE = datetime(2026, 1, 1, tzinfo=UTC)
UNTIL = SINCE + timedelta(days=401)


def read(*parts, zone=LONDON, since=SINCE, until=UNTIL):
    spans = busy_spans(file(*parts), zone=zone, since=since, until=until)
    assert all(start.utcoffset() == end.utcoffset() == timedelta() for start, end in spans)
    return [f"{start:%m-%d %H:%M}/{end:%m-%d %H:%M}" for start, end in spans]


def timed(start, end, *more):
    return event(f"DTSTART:{start}", f"DTEND:{end}", *more)


# --- What keeps somebody busy -----------------------------------------------------------------


def test_an_event_keeps_its_time():
    assert read(timed("20260302T100000Z", "20260302T110000Z")) == ["03-02 10:00/03-02 11:00"]
    assert read(event("DTSTART:20260302T100000Z", "DURATION:PT90M")) == ["03-02 10:00/03-02 11:30"]


@pytest.mark.parametrize(
    "line", ["STATUS:CANCELLED", "TRANSP:TRANSPARENT", "transp:transparent", "STATUS:cancelled"]
)
def test_one_that_is_called_off_or_marked_free_keeps_none(line):
    assert read(timed("20260302T100000Z", "20260302T110000Z", line)) == []


@pytest.mark.parametrize("line", ["STATUS:TENTATIVE", "TRANSP:OPAQUE", "CLASS:PRIVATE"])
def test_one_that_may_take_place_keeps_its_time(line):
    assert len(read(timed("20260302T100000Z", "20260302T110000Z", line))) == 1


def test_a_moment_and_a_time_that_ends_before_it_begins_keep_none():
    assert read(event("DTSTART:20260302T100000Z")) == []
    assert read(timed("20260302T100000Z", "20260302T100000Z")) == []
    assert read(timed("20260302T100000Z", "20260202T100000Z")) == []


def test_times_that_touch_or_overlap_are_one():
    spans = read(
        timed("20260302T100000Z", "20260302T110000Z"),
        timed("20260302T110000Z", "20260302T120000Z"),
        timed("20260302T103000Z", "20260302T104500Z"),
        timed("20260302T130000Z", "20260302T140000Z"),
    )
    assert spans == ["03-02 10:00/03-02 12:00", "03-02 13:00/03-02 14:00"]


def test_only_what_lies_between_the_two_instants_is_kept():
    spans = read(
        timed("20251231T230000Z", "20260101T010000Z"),
        timed("20250101T100000Z", "20250101T110000Z"),
        timed("20270205T230000Z", "20270206T010000Z"),
        timed("20280101T100000Z", "20280101T110000Z"),
    )
    assert spans == ["01-01 00:00/01-01 01:00", "02-05 23:00/02-06 00:00"]


# --- Series -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "clock", "before", "after"),
    [
        ("Europe/London", "20260324T100000", "03-24 10:00", "03-31 09:00"),
        ("Europe/London", "20261020T100000", "10-20 09:00", "10-27 10:00"),
        ("America/New_York", "20260303T100000", "03-03 15:00", "03-10 14:00"),
        ("America/New_York", "20261027T100000", "10-27 14:00", "11-03 15:00"),
        ("Australia/Lord_Howe", "20260331T100000", "03-30 23:00", "04-06 23:30"),
        ("Australia/Lord_Howe", "20260929T100000", "09-28 23:30", "10-05 23:00"),
        ("Asia/Kolkata", "20260324T100000", "03-24 04:30", "03-31 04:30"),
    ],
)
def test_a_series_keeps_its_hour_on_the_wall_across_a_clock_change(zone, clock, before, after):
    spans = read(
        event(f"DTSTART;TZID={zone}:{clock}", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;COUNT=2")
    )
    assert [span.split("/")[0] for span in spans] == [before, after]


def test_a_series_without_an_end_is_read_as_far_as_asked():
    spans = read(event("DTSTART:20200106T100000Z", "DURATION:PT1H", "RRULE:FREQ=WEEKLY"))
    assert len(spans) == 57
    assert spans[0] == "01-05 10:00/01-05 11:00"


def test_exceptions_move_free_and_cancel_single_times_of_a_series():
    uid = "UID:series"
    spans = read(
        event(
            *(uid, "DTSTART:20260302T100000Z", "DURATION:PT1H"),
            *("RRULE:FREQ=DAILY;COUNT=5", "EXDATE:20260303T100000Z"),
        ),
        timed("20260304T150000Z", "20260304T160000Z", uid, "RECURRENCE-ID:20260304T100000Z"),
        timed(
            *("20260305T100000Z", "20260305T110000Z"),
            *(uid, "RECURRENCE-ID:20260305T100000Z", "TRANSP:TRANSPARENT"),
        ),
        timed(
            *("20260306T100000Z", "20260306T110000Z"),
            *(uid, "RECURRENCE-ID:20260306T100000Z", "STATUS:CANCELLED"),
        ),
    )
    assert spans == ["03-02 10:00/03-02 11:00", "03-04 15:00/03-04 16:00"]


def test_extra_dates_count():
    dates = "RDATE:20260309T100000Z,20260316T100000Z"
    assert len(read(event("DTSTART:20260302T100000Z", "DURATION:PT1H", dates))) == 3


# --- Days and clocks -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "day", "span"),
    [
        ("Europe/London", "20260302", "03-02 00:00/03-03 00:00"),
        ("Europe/London", "20260329", "03-29 00:00/03-29 23:00"),
        ("Europe/London", "20261025", "10-24 23:00/10-26 00:00"),
        ("America/New_York", "20260308", "03-08 05:00/03-09 04:00"),
        ("Asia/Kolkata", "20260302", "03-01 18:30/03-02 18:30"),
    ],
)
def test_a_whole_day_is_a_day_by_the_counsellors_clock(zone, day, span):
    assert read(event(f"DTSTART;VALUE=DATE:{day}"), zone=ZoneInfo(zone)) == [span]


def test_whole_days_end_before_the_day_they_name_last():
    days = event("DTSTART;VALUE=DATE:20260302", "DTEND;VALUE=DATE:20260304")
    assert read(days) == ["03-02 00:00/03-04 00:00"]


def test_a_calendar_that_names_its_clock_is_read_by_it():
    own = "X-WR-TIMEZONE:Asia/Kolkata"
    assert read(own, event("DTSTART;VALUE=DATE:20260302")) == ["03-01 18:30/03-02 18:30"]
    assert read(own, timed("20260302T100000", "20260302T110000")) == ["03-02 04:30/03-02 05:30"]
    nowhere = "X-WR-TIMEZONE:Mars/Phobos"
    assert read(nowhere, timed("20260302T100000", "20260302T110000")) == ["03-02 10:00/03-02 11:00"]


def test_a_time_without_a_zone_is_by_the_counsellors_clock_even_where_clocks_change():
    assert read(timed("20260702T100000", "20260702T110000")) == ["07-02 09:00/07-02 10:00"]
    # 01:30 is never shown that night; the event begins when it would have been.
    assert read(timed("20260329T013000", "20260329T023000")) == ["03-29 01:00/03-29 01:30"]
    assert read(timed("20261025T013000", "20261025T023000")) == ["10-25 00:30/10-25 02:30"]


FIXED = [
    *("BEGIN:VTIMEZONE", "TZID:Home", "BEGIN:STANDARD", "DTSTART:19700101T000000"),
    *("TZOFFSETFROM:+0300", "TZOFFSETTO:+0300", "END:STANDARD", "END:VTIMEZONE"),
]


@pytest.mark.parametrize(
    ("zones", "name", "span"),
    [
        (FIXED, "Home", "07-02 07:00/07-02 08:00"),
        ([], "W. Europe Standard Time", "07-02 08:00/07-02 09:00"),
        ([], "Nowhere", "07-02 09:00/07-02 10:00"),
        (["BEGIN:VTIMEZONE", "TZID:Void", "END:VTIMEZONE"], "Void", "07-02 09:00/07-02 10:00"),
        (
            [*("BEGIN:VTIMEZONE", "TZID:Once", "BEGIN:STANDARD", "DTSTART:once", *FIXED[4:])],
            *("Once", "07-02 09:00/07-02 10:00"),
        ),
        (
            [line.replace("+0300", "+9999") for line in FIXED],
            *("W. Europe Standard Time", "07-02 08:00/07-02 09:00"),
        ),
    ],
)
def test_a_zone_written_wrongly_is_done_without(zones, name, span):
    when = (f"DTSTART;TZID={name}:20260702T100000", f"DTEND;TZID={name}:20260702T110000")
    assert read(zones, event(*when)) == [span]


# --- Files that are wrong, or mean no good --------------------------------------------------------


def test_titles_and_people_are_not_even_read():
    """Whatever stands in them cannot break the reading, nor take part in it."""
    said = ["SUMMARY:\x00\x07=\ufffd", "DESCRIPTION:a\r\n DTEND:20260309T100000Z", "X-\xe4: \x01"]
    people = ["ATTENDEE;CN=:::broken", "GEO:nowhere", "LOCATION", "ORGANIZER;;;"]
    spans = read(timed("20260302T100000Z", "20260302T110000Z", *said, *people))
    assert spans == ["03-02 10:00/03-02 11:00"]


@pytest.mark.parametrize(
    "wrong",
    [
        event("SUMMARY:no time at all"),
        event("DTSTART:whenever", "DTEND:later"),
        event("DTSTART:20260301T000000Z", "DURATION:forever"),
        event("DTSTART:20260301T000000Z", "DURATION:PT1H", "RRULE:FREQ=NEVER"),
        event("DTSTART:20260301T000000Z", "DTEND;VALUE=DATE:20260302", "RRULE:COUNT=x"),
        event("DTSTART:20260301T000000Z", "DURATION:P99999999D"),
        event("DTSTART:00010101T000000Z", "DTEND:00010101T010000Z", "RRULE:FREQ=YEARLY;COUNT=2"),
        event("DTSTART;VALUE=DATE:99991231"),
        event("DTSTART:20260229T100000Z", "DTEND:20260299T100000Z"),
    ],
)
def test_one_event_that_is_wrong_does_not_hide_the_others(wrong):
    spans = read(wrong, timed("20260602T100000Z", "20260602T110000Z"))
    assert "06-02 10:00/06-02 11:00" in spans


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<!doctype html><title>Sign in</title>",
        b"\x00\xff\xfe",
        b"BEGIN:VCARD\r\nEND:VCARD\r\n",
        file(event("DTSTART:20260302T100000Z"))[:-20],
        file(event("DTSTART:20260302T100000Z"))[:60],
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VCALENDAR\r\n",
        file("BEGIN:VTIMEZONE", "TZID:Home", event("DTSTART:20260302T100000Z")),
        b"BEGIN:VCALENDAR\r\n" * 5_000 + b"END:VCALENDAR\r\n" * 5_000,
    ],
)
def test_what_is_no_whole_calendar_is_unreadable(data):
    with pytest.raises(Unreadable):
        busy_spans(data, zone=LONDON, since=SINCE, until=UNTIL)


def test_a_calendar_without_events_is_free():
    assert read() == []


def test_line_ends_and_marks_of_other_systems_do_not_matter():
    text = file(timed("20260302T100000Z", "20260302T110000Z"))
    for data in (text.replace(b"\r\n", b"\n"), b"\xef\xbb\xbf" + text, text + b"\r\n\r\n"):
        assert len(busy_spans(data, zone=LONDON, since=SINCE, until=UNTIL)) == 1
    folded = text.replace(b"DTSTART:2026", b"DTSTART:20\r\n 26")
    assert len(busy_spans(folded, zone=LONDON, since=SINCE, until=UNTIL)) == 1


def test_more_busy_times_than_anybody_has_are_too_many(monkeypatch):
    monkeypatch.setattr(busy, "MOST_SPANS", 3)
    series = event("DTSTART:20260302T100000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=4")
    with pytest.raises(TooMany):
        read(series)


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=SECONDLY;BYEASTER=1;BYHOUR=25",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31",
    ],
)
def test_work_without_end_is_stopped(rule):
    data = file(event("DTSTART:19700101T000000Z", "DURATION:PT1S", f"RRULE:{rule}"))
    try:
        spans = busy_spans_apart(data, zone=LONDON, since=SINCE, until=UNTIL, seconds=1)
    except TooMany:
        return
    assert spans == []


def test_a_process_of_its_own_gives_the_same():
    data = file(timed("20260302T100000Z", "20260302T110000Z"), event("DTSTART;VALUE=DATE:20260329"))
    around = {"zone": LONDON, "since": SINCE, "until": UNTIL}
    assert busy_spans_apart(data, **around) == busy_spans(data, **around) != []
    with pytest.raises(Unreadable):
        busy_spans_apart(b"<html>", **around)


MINUTES = st.integers(min_value=0, max_value=3 * 24 * 60)


@given(st.lists(st.tuples(MINUTES, st.integers(min_value=1, max_value=600)), max_size=12))
def test_a_minute_is_busy_where_an_event_is_and_nowhere_else(events):
    """Against a look at every minute, written without spans."""

    def stamp(minute):
        return (SINCE + timedelta(minutes=minute)).strftime("%Y%m%dT%H%M%SZ")

    data = file(*(timed(stamp(start), stamp(start + length)) for start, length in events))
    until = SINCE + timedelta(days=3)
    spans = busy_spans(data, zone=LONDON, since=SINCE, until=until)
    minute = timedelta(minutes=1)
    told = {
        number
        for start, end in spans
        for number in range((start - SINCE) // minute, (end - SINCE) // minute)
    }
    wanted = {number for start, length in events for number in range(start, start + length)}
    assert told == {number for number in wanted if number < 3 * 24 * 60}
    assert all(before[1] < after[0] for before, after in pairwise(spans))
