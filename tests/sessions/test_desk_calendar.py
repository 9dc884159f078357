"""The desk's calendar, through HTTP."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine

from sessions.models import AvailabilityException, BusyTime, ImportedCalendar
from tests.factories import (
    make_client,
    make_consultation,
    make_counsellor,
    make_hold,
    make_rule,
    make_service,
)
from tests.sessions.reading import text

pytestmark = pytest.mark.django_db
PAGE = "/admin/consultations/consultation/calendar/"
# A Wednesday; by the clock of the account, in New York, it is still Tuesday.
NOW = datetime(2030, 1, 9, 3, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def ada(client):
    counsellor = make_counsellor(time_zone="Europe/London")
    counsellor.user.time_zone = "America/New_York"
    counsellor.user.save()
    client.force_login(counsellor.user)
    return counsellor


@pytest.fixture
def anna(ada):
    return make_client(counsellor=ada, name="Anna", time_zone="Asia/Kolkata")


@pytest.fixture
def service(ada):
    return make_service(counsellor=ada)


def utc(day, hour, minute=0):
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)


WEDNESDAY = date(2030, 1, 9)


def days(client, query=""):
    return client.get(PAGE + query).context["days"]


def items(client, query=""):
    return {day.date: day.items for day in days(client, query) if day.items}


def test_today_comes_first_in_its_week_by_the_counsellors_clock(client, anna, service):
    made = make_consultation(client=anna, service=service, starts_at=utc(WEDNESDAY, 10, 30))
    response = client.get(PAGE)
    shown = text(response)
    assert "7 January – 13 January 2030" in shown
    assert "All times by your own clock: London time." in shown
    assert "10:30 –11:20 Anna confirmed" in shown
    assert "05:30" not in shown
    assert f'<a href="/admin/consultations/consultation/{made.pk}/change/">' in (
        response.content.decode()
    )
    assert [day.date for day in response.context["days"] if day.is_today] == [WEDNESDAY]
    assert [day.date for day in response.context["days"] if day.is_chosen] == [WEDNESDAY]


def test_it_is_drawn_to_scale_from_eight_on(client, anna, service):
    make_consultation(client=anna, service=service, starts_at=utc(WEDNESDAY, 10, 30))
    (item,) = items(client)[WEDNESDAY]
    assert item.place == "h2 m30 eh3 em20 of1 at0"


def test_an_early_one_opens_the_morning(client, anna, service):
    make_consultation(client=anna, service=service, starts_at=utc(WEDNESDAY, 5, 15))
    (item,) = items(client)[WEDNESDAY]
    assert item.place.startswith("h0 m15 eh1 em5")


def test_what_overlaps_stands_side_by_side(client, anna, service):
    for minute, reason in ((0, ""), (20, "both together")):
        make_consultation(
            client=anna,
            service=service,
            starts_at=utc(WEDNESDAY, 10, minute),
            overlap_reason=reason,
        )
    assert [item.place[-7:] for item in items(client)[WEDNESDAY]] == ["of2 at0", "of2 at1"]


def test_status_is_a_word_and_called_off_ones_are_gone(client, anna, service):
    statuses = ("completed", "no_show", "pending", "confirmed", "declined", "cancelled_late")
    for hour, status in enumerate(statuses, start=9):
        make_consultation(
            client=anna, service=service, starts_at=utc(WEDNESDAY, hour), status=status
        )
    found = [item.status for item in items(client)[WEDNESDAY]]
    assert found == ["held", "not attended", "asked for", "confirmed"]


def test_holds_busy_times_hours_and_time_off_are_shown_plainly(client, ada, service):
    make_rule(counsellor=ada, weekday=2, starts=time(9), ends=time(13))
    make_rule(counsellor=ada, weekday=2, starts=time(14), ends=time(17), service=service)
    make_hold(service=service, starts_at=utc(WEDNESDAY, 9), expires_at=NOW + HOUR, name="Zanna")
    make_hold(service=service, starts_at=utc(WEDNESDAY, 10), expires_at=NOW - HOUR)
    for is_on, hour in ((True, 11), (False, 12)):
        calendar = ImportedCalendar.objects.create(
            counsellor=ada, name="Zanna", address="x", is_on=is_on
        )
        starts = utc(WEDNESDAY, hour)
        BusyTime.objects.create(
            calendar=calendar, counsellor=ada, starts_at=starts, ends_at=starts + HOUR
        )
    AvailabilityException.objects.create(
        counsellor=ada,
        kind="time_off",
        starts_at=utc(WEDNESDAY, 16),
        ends_at=utc(WEDNESDAY + timedelta(days=2), 0),
    )
    shown = text(client.get(PAGE))
    assert "Open: 09:00–13:00, 14:00–16:00." in shown
    assert "time off, 16:00–24:00" in shown
    assert "time off, all day" in shown
    found = [(item.starts, item.until, item.words) for item in items(client)[WEDNESDAY]]
    assert found == [
        ("09:00", "09:50", "being booked"),
        ("11:00", "12:00", "busy in a calendar of your own"),
    ]
    assert "Zanna" not in shown


def test_what_lasts_past_midnight_is_on_both_days(client, anna, service):
    make_consultation(client=anna, service=service, starts_at=utc(WEDNESDAY, 23, 30))
    found = items(client)
    assert [(item.starts, item.until) for day in found.values() for item in day] == [
        ("23:30", "00:20")
    ] * 2
    assert found[WEDNESDAY + timedelta(days=1)][0].place.startswith("h0 m0 eh0 em20")


@pytest.mark.parametrize(
    ("day", "words", "hour", "place"),
    [
        # The hour from one to two is not there; ten stands where it does on other days.
        (date(2030, 3, 31), "The clocks go forward by 1 hour.", 9, "h2 m0"),
        (date(2030, 10, 27), "The clocks go back by 1 hour.", 10, "h2 m0"),
    ],
)
def test_on_days_of_23_and_25_hours_ten_is_ten(client, anna, service, day, words, hour, place):
    make_consultation(client=anna, service=service, starts_at=utc(day, hour))
    query = f"?day={day}"
    assert words in text(client.get(PAGE + query))
    (item,) = items(client, query)[day]
    assert (item.starts, item.until, item.place[:5]) == ("10:00", "10:50", place)


def test_one_across_the_repeated_hour_is_as_long_as_it_is(client, anna, service):
    day = date(2030, 10, 27)
    make_consultation(client=anna, service=service, starts_at=utc(day, 0, 30))
    (item,) = items(client, f"?day={day}&view=day")[day]
    assert (item.starts, item.until) == ("01:30", "01:20")
    assert item.place.startswith("h0 m30 eh1 em20")


def test_the_clock_stands_on_today_alone(client, ada, clock):
    assert [day.now for day in days(client) if day.now] == []
    clock.move_to(utc(WEDNESDAY, 12, 33))
    client.force_login(ada.user)
    assert [(day.date, day.now) for day in days(client) if day.now] == [(WEDNESDAY, "h4 m30")]


def test_steps_lead_to_the_days_and_weeks_around(client, ada):
    page = client.get(PAGE + "?day=2030-01-31").content.decode()
    for day in ("2030-01-30", "2030-02-01", "2030-01-24", "2030-02-07", "2030-01-09"):
        assert f'href="?day={day}"' in page
    assert len(days(client, "?day=2030-01-31&view=day")) == 1


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "x",
        "\t",
        "0001-01-01",
        "9999-12-31",
        "1999-12-31",
        "2030-02-30",
        "9" * 999,
        "٢٠٣٠-٠١-٠١",
    ],
)
def test_any_day_that_is_none_is_today(client, ada, typed):
    response = client.get(PAGE, {"day": typed, "view": typed})
    assert response.status_code == 200
    assert response.context["chosen"] == WEDNESDAY


def test_it_only_answers_to_reading(client, ada):
    assert client.post(PAGE).status_code == 405
    assert client.head(PAGE).status_code == 200


def test_others_days_are_not_there(client, ada):
    other = make_client(name="Zanna")
    make_consultation(client=other, starts_at=utc(WEDNESDAY, 10))
    assert "Zanna" not in text(client.get(PAGE))


def test_a_full_week_takes_no_more_queries(client, anna, service, django_assert_max_num_queries):
    client.get(PAGE)
    for fill in (False, True):
        if fill:
            for hour in range(9, 17):
                for day in range(7, 12):
                    make_consultation(
                        client=anna,
                        service=service,
                        starts_at=datetime(2030, 1, day, hour, tzinfo=UTC),
                    )
        # Three find out who reads.
        with django_assert_max_num_queries(8):
            client.get(PAGE)


def test_the_desk_leads_there(client, ada):
    assert PAGE in client.get("/admin/").content.decode()
