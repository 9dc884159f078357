"""Calendar files, read back by a parser that is not the one that wrote them."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
import vobject

from sessions.calendars import files as calendar
from sessions.calendars.files import calendar_file, calendar_of
from tests.factories import make_client, make_consultation, make_counsellor, make_service

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
ZONES = (
    *("Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"),
    "Pacific/Apia",
)
# On either side of both clock changes of 2026, in Europe, America and on Lord Howe Island.
AROUND_CHANGES = [
    datetime(2026, month, day, hour, minute, tzinfo=UTC)
    for month, day in ((3, 8), (3, 29), (4, 4), (10, 3), (10, 25), (11, 1))
    for hour in (0, 1, 2, 6, 7, 15, 16)
    for minute in (0, 30)
]
PROPERTIES = {"uid", "sequence", "dtstamp", "dtstart", "dtend", "summary", "status"}
HOSTILE = "x\r\nATTENDEE:mailto:eve@example.org\nDESCRIPTION:told\r\n\r\nEND:VEVENT"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


def read(text):
    return vobject.readOne(text)


def instant(value):
    assert value.utcoffset() == timedelta()
    return datetime.fromtimestamp(value.timestamp(), UTC)


@pytest.mark.parametrize("zone", ZONES)
def test_it_says_the_same_instants_on_both_sides_of_both_clock_changes(zone):
    anna = make_client(time_zone=zone, counsellor=make_counsellor(time_zone="Europe/London"))
    made = [
        make_consultation(client=anna, starts_at=start, status="completed", time_zone=zone)
        for start in AROUND_CHANGES
    ]
    events = {
        event.uid.value: event for event in read(calendar_of(made, method="PUBLISH")).vevent_list
    }
    for consultation in made:
        event = events[str(consultation.pk)]
        start, end = instant(event.dtstart.value), instant(event.dtend.value)
        assert (start, end) == (consultation.starts_at, consultation.ends_at)
        assert end - start == timedelta(minutes=consultation.service.length)
        # What somebody's phone shows is the time their mails and pages say.
        wall = start.astimezone(ZoneInfo(zone))
        assert wall.replace(tzinfo=None) == consultation.starts_at.astimezone(
            consultation.client.zone
        ).replace(tzinfo=None)


def test_its_id_stays_and_its_sequence_rises_with_each_change():
    consultation = make_consultation()
    before = read(calendar_file(consultation)).vevent
    consultation.version += 1
    consultation.starts_at += timedelta(days=1)
    after = read(calendar_file(consultation)).vevent
    assert before.uid.value == after.uid.value
    assert int(before.sequence.value) < int(after.sequence.value)
    # An id and no more: no host, no name.
    assert uuid.UUID(after.uid.value) == consultation.pk


@pytest.mark.parametrize(
    ("status", "method", "word"),
    [
        ("pending", "PUBLISH", "TENTATIVE"),
        ("confirmed", "PUBLISH", "CONFIRMED"),
        ("completed", "PUBLISH", "CONFIRMED"),
        ("no_show", "PUBLISH", "CONFIRMED"),
        ("declined", "CANCEL", "CANCELLED"),
        ("cancelled_by_client", "CANCEL", "CANCELLED"),
        ("cancelled_late", "CANCEL", "CANCELLED"),
        ("cancelled_by_counsellor", "CANCEL", "CANCELLED"),
    ],
)
def test_it_adds_what_holds_and_takes_away_what_was_called_off(status, method, word):
    file = read(calendar_file(make_consultation(status=status)))
    assert file.method.value == method
    assert file.vevent.status.value == word


def test_one_file_carries_several_each_with_its_own_status():
    anna = make_client()
    starts = [NOW + timedelta(days=days) for days in (1, 8, 15)]
    statuses = ("confirmed", "pending", "cancelled_by_client")
    made = [
        make_consultation(client=anna, starts_at=start, status=status)
        for start, status in zip(starts, statuses, strict=True)
    ]
    events = read(calendar_of(made, method="PUBLISH", stamp=NOW)).vevent_list
    assert [instant(event.dtstart.value) for event in events] == starts
    assert [event.status.value for event in events] == ["CONFIRMED", "TENTATIVE", "CANCELLED"]
    assert [event.summary.value for event in events] == [
        *("Appointment", "Appointment (not confirmed)"),
        "Appointment",
    ]
    assert {instant(event.dtstamp.value) for event in events} == {NOW}


def test_it_says_nothing_of_anybody_whatever_their_names_are():
    counsellor = make_counsellor(display_name=HOSTILE, about=HOSTILE)
    anna = make_client(counsellor=counsellor, name=HOSTILE, pronouns=HOSTILE[:40])
    service = make_service(counsellor=counsellor, name=HOSTILE, place_details=HOSTILE)
    consultation = make_consultation(
        client=anna, service=service, place_details=HOSTILE, words=HOSTILE, overlap_reason=HOSTILE
    )
    text = calendar_file(consultation)
    file = read(text)
    assert set(file.contents) == {"prodid", "version", "method", "vevent"}
    assert set(file.vevent.contents) == PROPERTIES
    assert "eve@" not in text


@pytest.mark.parametrize(
    "title",
    [
        HOSTILE,
        "\u0905\u092a\u0949\u0907\u0902\u091f\u092e\u0947\u0902\u091f " * 20,
        "one, two; three\\four: \u201cfive\u201d",
        "a" * 74 + "\u20ac" * 80 + "\U0001f33f" * 40,
    ],
)
def test_a_translated_title_stays_one_property(monkeypatch, title):
    """Longer than a line, in letters of several bytes, with every sign the format minds."""
    monkeypatch.setattr(calendar, "_", lambda words: title)
    text = calendar_file(make_consultation())
    assert set(read(text).vevent.contents) == PROPERTIES
    assert read(text).vevent.summary.value == title.replace("\r\n", "\n")
    lines = text.encode().split(b"\r\n")
    assert all(len(line) <= 75 for line in lines)
    assert not any(b"\r" in line or b"\n" in line for line in lines)
