"""The day and the week ahead on the desk's first page."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from counsel.desk.today import Mark, days_of, marks
from sessions.models import AvailabilityException, ConsultationNote
from tests.factories import (
    make_client,
    make_consultation,
    make_counsellor,
    make_entry,
    make_note,
    make_talking_point,
)
from tests.sessions.reading import text

# A Monday.
NOW = datetime(2030, 1, 7, 11, 20, tzinfo=UTC)
HOUR = timedelta(hours=1)
SPAN = st.tuples(st.integers(-300, 300), st.integers(1, 480))


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def ada(db):
    return make_counsellor()


@pytest.fixture
def anna(ada):
    return make_client(counsellor=ada, name="Anna")


def days(counsellor, now=NOW):
    return days_of(counsellor, {}, now)


@given(st.lists(SPAN, max_size=8))
def test_each_consultation_is_over_going_on_next_or_later(minutes):
    spans = sorted((NOW + m * HOUR / 60, NOW + (m + n) * HOUR / 60) for m, n in minutes)
    marked = list(zip(spans, marks(spans, NOW), strict=True))
    for (start, end), mark in marked:
        assert (mark is Mark.OVER) == (end <= NOW)
        assert (mark is Mark.ON) == (start <= NOW < end)
    nexts = {start for (start, _end), mark in marked if mark is Mark.NEXT}
    later = {start for (start, _end), mark in marked if mark is Mark.LATER}
    assert len(nexts) == any(start > NOW for start, _end in spans)
    assert all(start > min(nexts) for start in later)


def test_todays_consultations_stand_in_order_with_their_marks(client, anna):
    for hours, status in [(2, "confirmed"), (-3, "completed"), (-2, "no_show"), (3, "pending")]:
        make_consultation(client=anna, starts_at=NOW + hours * HOUR, status=status)
    make_consultation(client=anna, starts_at=NOW - HOUR / 2)
    over = make_consultation(client=anna, starts_at=NOW - HOUR * 1.5, held_until=NOW - HOUR / 2)
    for away in (-13, 14):
        make_consultation(client=anna, starts_at=NOW + away * HOUR)
    make_consultation(client=anna, starts_at=NOW + HOUR, status="declined")
    make_entry(client=anna, sharing="shared")
    client.force_login(anna.counsellor.user)
    response = client.get("/admin/")
    shown = text(response)
    shown = shown[shown.index("Today") : shown.index("What needs you")]
    words = [
        *(
            "08:20",
            "Write the note",
            "09:20",
            "not attended",
            "09:50",
            "Held, or not?",
            "10:50",
            "now",
        ),
        *("13:20", "next", "14:20", "Asked for: answer"),
    ]
    places = [shown.index(word) for word in words]
    assert places == sorted(places)
    assert shown.count("Anna") == shown.count("1 unread") == 6
    page = response.content.decode()
    assert f'"/admin/clients/client/{anna.pk}/change/"' in page
    assert f'"/admin/consultations/consultation/{over.pk}/change/">Held, or not?' in page


def test_today_is_the_day_of_the_counsellors_hours(client, ada):
    ada.time_zone = "Pacific/Auckland"
    ada.save()
    ada.user.time_zone = "America/New_York"
    ada.user.save()
    person = make_client(counsellor=ada, time_zone="Europe/Paris")
    # Half past midnight on Tuesday in Auckland, where it is that already.
    make_consultation(client=person, starts_at=NOW + HOUR / 6)
    client.force_login(ada.user)
    response = client.get("/admin/")
    assert response.context["days"].today == date(2030, 1, 8)
    assert "Tuesday 8 January" in text(response)
    assert "00:30 –01:20" in text(response)
    assert "for them Mon 12:30, France time" in text(response)


def test_a_client_with_the_same_clock_needs_no_second_time(anna):
    make_consultation(client=anna, starts_at=NOW + HOUR, time_zone="Europe/Lisbon")
    assert days(anna.counsellor).meetings[0].clients_clock == ""


@pytest.mark.parametrize(
    ("at", "day"),
    [
        ("2030-03-30T23:30Z", date(2030, 3, 30)),
        ("2030-03-31T22:30Z", date(2030, 3, 31)),
        # Half past midnight: that Sunday is an hour shorter.
        ("2030-03-31T23:30Z", date(2030, 4, 1)),
        # And this one an hour longer.
        ("2030-10-27T23:30Z", date(2030, 10, 27)),
    ],
)
def test_each_consultation_stands_under_its_day_across_a_clock_change(anna, at, day):
    start = datetime.fromisoformat(at)
    make_consultation(client=anna, starts_at=start, ends_at=start + HOUR / 3)
    seen = days(anna.counsellor, start - timedelta(days=2))
    assert [ahead.date for ahead in seen.ahead if ahead.count] == [day]
    assert len(seen.ahead) == 7


def test_a_day_ahead_tells_how_many_from_when_and_what_is_off(anna):
    tuesday = NOW + timedelta(days=1)
    for start in (tuesday, tuesday + 3 * HOUR):
        make_consultation(client=anna, starts_at=start)
    for first, last in [(26, 27), (36, 61)]:
        AvailabilityException.objects.create(
            counsellor=anna.counsellor,
            kind="time_off",
            starts_at=NOW.replace(minute=0) + first * HOUR,
            ends_at=NOW.replace(minute=0) + last * HOUR,
        )
    tuesday, wednesday, thursday = days(anna.counsellor).ahead[:3]
    assert (tuesday.count, tuesday.hours) == (2, "11:20–15:10")
    assert tuesday.time_off == "off 13:00–14:00, off 23:00–24:00"
    assert (wednesday.count, wednesday.hours, wednesday.time_off) == (0, "", "off")
    assert thursday.time_off == ""


def test_a_consultation_over_midnight_stands_under_both_days(anna):
    make_consultation(client=anna, starts_at=NOW + 12.5 * HOUR)
    seen = days(anna.counsellor)
    assert [len(seen.meetings), seen.ahead[0].count, seen.ahead[1].count] == [1, 1, 0]


@pytest.mark.parametrize(
    ("place", "details", "hours", "room"),
    [
        ("video", "https://rooms.example/4X", 1, "https://rooms.example/4X"),
        ("video", "https://rooms.example/4X", -2, ""),
        ("room", "https://maps.example/", 1, ""),
        ("video", "javascript:alert(1)", 1, ""),
        ("video", "https://rooms.example/4X, code 12", 1, ""),
    ],
)
def test_a_video_room_is_a_tap_away_until_it_is_over(anna, place, details, hours, room):
    make_consultation(client=anna, starts_at=NOW + hours * HOUR, place=place, place_details=details)
    assert days(anna.counsellor).meetings[0].room == room


def test_what_was_held_leads_to_its_note_until_that_is_signed(client, anna):
    held = make_consultation(client=anna, starts_at=NOW - 2 * HOUR, status="completed")
    client.force_login(anna.counsellor.user)
    page = f'"/admin/clients/client/{anna.pk}/notes/{held.pk}/">'
    assert page + "Write the note" in client.get("/admin/").content.decode()
    note = make_note(consultation=held)
    assert page + "Sign the note" in client.get("/admin/").content.decode()
    ConsultationNote.objects.filter(pk=note.pk).update(signed_at=NOW, signed_by=anna.counsellor)
    assert page not in client.get("/admin/").content.decode()


def test_it_says_who_brings_something_to_talk_about(anna):
    for hours in (-2, 1):
        make_consultation(client=anna, starts_at=NOW + hours * HOUR)
    make_consultation(client=make_client(counsellor=anna.counsellor), starts_at=NOW + 3 * HOUR)
    make_talking_point(client=make_client())
    make_talking_point(client=anna)
    assert [m.has_wish for m in days(anna.counsellor).meetings] == [False, True, False]
    anna.talking_points.update(settled_at=NOW)
    assert not any(m.has_wish for m in days(anna.counsellor).meetings)


def test_empty_days_say_what_to_do(client, ada):
    client.force_login(ada.user)
    shown = text(client.get("/admin/"))
    assert "No consultation today. Book one" in shown
    assert "Nothing waits for you." in shown
    assert "Nothing is booked yet." in shown
    assert "Add a client" in shown
