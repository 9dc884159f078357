from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counsel.common.zones import (
    UnknownZone,
    day_bounds,
    first_instant,
    get_zone,
    local_date,
    offset_label,
    place,
    to_utc,
    zone_choices,
    zone_names,
)
from tests.sessions.availability_oracle import clock_changes, distinct_zones

ALL_NAMES = tuple(sorted(available_timezones() - {"localtime", "Factory"}))
LONDON = ZoneInfo("Europe/London")
zones = st.sampled_from(ALL_NAMES).map(ZoneInfo)
# From 1975 on offsets are whole minutes everywhere.
days = st.dates(date(1975, 1, 1), date(2045, 12, 31))
times = st.times()


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    "junk",
    ["", " ", "Mars/Phobos", "../../etc/passwd", "/etc/passwd", "Europe/London\0", "\0", "Europe"]
    + ["x" * 100_000, "\ud800", "europe/london", "UTC ", "posix/UTC", "right/UTC", "zone.tab"]
    + ["localtime", "Factory", "posixrules", "+01:00", "😀"],
)
def test_it_refuses_what_is_no_zone(junk):
    with pytest.raises(UnknownZone) as refused:
        get_zone(junk)
    assert len(str(refused.value)) < 100


@given(st.text())
def test_it_answers_any_text_with_a_zone_or_unknown_zone(text):
    try:
        assert get_zone(text).key == text
    except UnknownZone:
        assert text not in ALL_NAMES


@pytest.mark.parametrize("name", ["Asia/Calcutta", "US/Eastern", "Etc/GMT+5", "EST5EDT", "UTC"])
def test_it_knows_the_old_names_browsers_report(name):
    assert get_zone(name) == ZoneInfo(name)


def test_it_offers_places_sorted_and_without_oddities():
    names = zone_names()
    assert list(names) == sorted(set(names))
    assert {"UTC", "Europe/London", "Asia/Kolkata", "America/Argentina/Ushuaia"} <= set(names)
    assert not {"Asia/Calcutta", "EST5EDT", "GB", "US/Eastern", "localtime"} & set(names)
    assert not [name for name in names if name.startswith(("Etc/", "posix", "right", "SystemV"))]
    assert all(get_zone(name) for name in names)


def test_it_still_offers_the_older_name_that_somebody_has():
    assert ("Etc/GMT+5", "Etc/GMT+5") in zone_choices("Etc/GMT+5")
    assert "Etc/GMT+5" not in dict(zone_choices())


def test_it_finds_no_instant_in_a_gap():
    assert to_utc(date(2026, 3, 29), time(1, 30), LONDON) is None
    assert to_utc(date(2026, 3, 29), time(1, 30), LONDON, fold=1) is None
    assert to_utc(date(2026, 3, 29), time(0, 59), LONDON) == utc(2026, 3, 29, 0, 59)
    assert to_utc(date(2026, 3, 29), time(2, 0), LONDON) == utc(2026, 3, 29, 1)


def test_it_tells_the_two_times_of_an_overlap_apart():
    assert to_utc(date(2026, 10, 25), time(1, 30), LONDON) == utc(2026, 10, 25, 0, 30)
    assert to_utc(date(2026, 10, 25), time(1, 30), LONDON, fold=1) == utc(2026, 10, 25, 1, 30)


@pytest.mark.parametrize(
    ("zone", "day", "at", "instant"),
    [
        ("Europe/London", date(2026, 3, 29), time(1, 30), utc(2026, 3, 29, 1)),
        ("Australia/Lord_Howe", date(2026, 10, 4), time(2, 0, 1), utc(2026, 10, 3, 15, 30)),
        ("America/Sao_Paulo", date(2018, 11, 4), time(0, 0), utc(2018, 11, 4, 3)),
        ("Pacific/Apia", date(2011, 12, 30), time(9, 0), utc(2011, 12, 30, 10)),
    ],
)
def test_it_moves_to_the_end_of_a_gap(zone, day, at, instant):
    assert to_utc(day, at, ZoneInfo(zone)) is None
    assert first_instant(day, at, ZoneInfo(zone)) == instant


@pytest.mark.parametrize(
    ("zone", "day", "length"),
    [
        ("Europe/London", date(2026, 3, 29), timedelta(hours=23)),
        ("Europe/London", date(2026, 10, 25), timedelta(hours=25)),
        ("Europe/London", date(2026, 7, 1), timedelta(hours=24)),
        ("Australia/Lord_Howe", date(2026, 10, 4), timedelta(hours=23, minutes=30)),
        ("Australia/Lord_Howe", date(2026, 4, 5), timedelta(hours=24, minutes=30)),
        ("America/Santiago", date(2025, 9, 7), timedelta(hours=23)),
        ("Africa/Cairo", date(2026, 4, 24), timedelta(hours=23)),
        ("Pacific/Apia", date(2011, 12, 30), timedelta()),
    ],
)
def test_it_knows_how_long_a_day_is(zone, day, length):
    start, end = day_bounds(day, ZoneInfo(zone))
    assert end - start == length
    assert local_date(end, ZoneInfo(zone)) == day + timedelta(days=1)


@given(zones, days)
def test_it_parts_time_into_days_without_holes(zone, day):
    start, end = day_bounds(day, zone)
    assert start == day_bounds(day - timedelta(days=1), zone)[1]
    assert local_date(start - timedelta(microseconds=1), zone) < day
    assert start == end or local_date(start, zone) == day
    assert timedelta() <= end - start <= timedelta(hours=26)


@given(zones, days, times, st.sampled_from([0, 1]))
def test_it_returns_only_instants_that_show_the_wanted_time(zone, day, at, fold):
    instant = to_utc(day, at, zone, fold=fold)
    if instant is None:
        return
    assert instant.tzinfo is UTC
    assert instant.astimezone(zone).replace(tzinfo=None) == datetime.combine(day, at)


@given(zones, st.datetimes(datetime(1975, 1, 1), datetime(2045, 12, 31), timezones=st.just(UTC)))
def test_it_finds_every_instant_again(zone, instant):
    shown = instant.astimezone(zone)
    assert to_utc(shown.date(), shown.time(), zone, fold=shown.fold) == instant


def test_it_finds_the_very_change_in_every_gap_of_a_year():
    gaps = 0
    for zone in distinct_zones(ALL_NAMES, 2026):
        for change in clock_changes(zone, 2026):
            just_before = (change - timedelta(microseconds=1)).astimezone(zone)
            missing = just_before.replace(tzinfo=None) + timedelta(minutes=10)
            if to_utc(missing.date(), missing.time(), zone) is None:
                gaps += 1
                assert first_instant(missing.date(), missing.time(), zone) == change
    assert gaps > 10


def test_it_has_no_instant_outside_the_calendar():
    assert to_utc(date.min, time(), ZoneInfo("Asia/Tokyo")) is None
    assert to_utc(date.max, time.max, ZoneInfo("America/New_York")) is None


@pytest.mark.parametrize(
    ("zone", "label"),
    [
        ("Asia/Kolkata", "UTC+05:30"),
        ("Europe/London", "UTC"),
        ("America/St_Johns", "UTC-03:30"),
        ("Pacific/Kiritimati", "UTC+14:00"),
        ("Pacific/Marquesas", "UTC-09:30"),
    ],
)
def test_it_labels_an_offset(zone, label):
    assert offset_label(utc(2026, 1, 15, 12), ZoneInfo(zone)) == label


def test_it_labels_the_offset_of_that_very_instant():
    assert offset_label(utc(2026, 3, 29, 0, 59, 59), LONDON) == "UTC"
    assert offset_label(utc(2026, 3, 29, 1), LONDON) == "UTC+01:00"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Asia/Kolkata", "Kolkata"),
        ("America/Argentina/Buenos_Aires", "Buenos Aires"),
        ("America/Port-au-Prince", "Port-au-Prince"),
        ("UTC", "UTC"),
        ("Etc/UTC", "UTC"),
        ("Etc/GMT+5", "UTC-05:00"),
    ],
)
def test_it_names_the_place(name, words):
    assert place(ZoneInfo(name)) == words
