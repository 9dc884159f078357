"""The page of free times: a month, a day, by the visitor's clock, and everything forged."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine

from sessions.models import AvailabilityException, AvailabilityRule
from tests.factories import (
    make_client,
    make_consultation,
    make_counsellor,
    make_portal_client,
    make_rule,
    make_service,
)
from tests.sessions.reading import text

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 1, 3, 9, tzinfo=UTC)
START = datetime(2030, 1, 7, 10, tzinfo=UTC)
PAGE = "/c/ada/meeting/"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def service():
    counsellor = make_counsellor(slug="ada", display_name="Ada Okoro")
    make_rule(counsellor=counsellor, weekday=0, starts=time(9), ends=time(17))
    return make_service(
        counsellor=counsellor, slug="meeting", name="Meeting", length=50, buffer_after=10
    )


def marked(page: str) -> list[str]:
    """The days of the month that can be opened."""
    return re.findall(r'id="day-(\d{4}-\d\d-\d\d)"', page)


def offered(page: str) -> list[str]:
    return re.findall(r'class="slot"[^>]*>([^<]+)<', page)


def turn(page: str, way: str) -> str | None:
    found = re.search(rf'id="month-{way}" rel="nofollow" href="([^"]+)"', page)
    return PAGE + found[1].replace("&amp;", "&") if found else None


def away(service, start, end):
    AvailabilityException.objects.create(
        counsellor=service.counsellor, kind="time_off", starts_at=start, ends_at=end
    )


# --- The month and the day ------------------------------------------------------------------


def test_it_opens_at_the_first_free_day(client, service):
    page = client.get(PAGE).content.decode()
    assert marked(page) == ["2030-01-07", "2030-01-14", "2030-01-21", "2030-01-28"]
    assert offered(page)[0] == "09:00"
    assert len(offered(page)) == 8
    assert 'id="day-2030-01-07"' in page.split('aria-current="true"')[0].rsplit("<a", 1)[1]


def test_the_next_free_time_comes_first_and_leads_to_booking_it(client, service):
    response = client.get(f"{PAGE}?month=2030-02")
    assert "Next free time Monday 7 January, 09:00 (London time)" in text(response)
    link = re.search(r'times-next">.*?href="([^"]+)"', response.content.decode(), re.S)
    assert link[1] == "/c/ada/meeting/20300107T0900Z/?zone=Europe%2FLondon"


def test_a_day_says_how_many_times_are_free(client, service):
    make_consultation(
        client=make_client(counsellor=service.counsellor), service=service, starts_at=START
    )
    shown = text(client.get(PAGE))
    assert "7 , Monday 7 January: 7 free times" in shown
    assert "14 , Monday 14 January: 8 free times" in shown
    assert "3 , today" in shown


def test_a_day_shows_its_times(client, service):
    page = client.get(f"{PAGE}?day=2030-01-21")
    assert "Monday 21 January London time, UTC" in text(page)
    assert "/c/ada/meeting/20300121T1300Z/" in page.content.decode()
    assert "/c/ada/meeting/20300114T1300Z/" not in page.content.decode()


def test_a_month_opens_at_its_first_free_day(client, service):
    page = client.get(f"{PAGE}?month=2030-02")
    assert marked(page.content.decode())[0] == "2030-02-04"
    assert "Monday 4 February London time, UTC" in text(page)


def test_months_turn_from_the_first_to_the_last_and_back(client, service):
    """Following "later" meets every open Monday up to the horizon, and ends; so does "earlier"."""
    mondays = {f"{START + timedelta(weeks=week):%Y-%m-%d}" for week in range(8)}
    path: str | None = PAGE
    for way in ("later", "earlier"):
        seen, months = set(), 0
        while path is not None:
            last, months = path, months + 1
            page = client.get(path).content.decode()
            seen |= set(marked(page))
            path = turn(page, way)
        assert (seen, months) == (mondays, 2)
        path = last


def test_an_empty_month_between_leads_on(client, service):
    service.horizon = 120
    service.save()
    away(service, datetime(2030, 1, 31, tzinfo=UTC), datetime(2030, 3, 1, tzinfo=UTC))
    january = client.get(PAGE).content.decode()
    february = client.get(turn(january, "later"))
    shown = text(february)
    assert "Nothing is free in February 2030" in shown
    assert "The next free time is Monday 4 March, 09:00 (London time)." in shown
    assert 'href="?day=2030-03-04&amp;zone=Europe%2FLondon#day-times"' in february.content.decode()
    assert marked(february.content.decode()) == []
    assert turn(february.content.decode(), "earlier")
    assert marked(client.get(turn(february.content.decode(), "later")).content.decode())


def test_a_full_day_leads_on(client, service):
    shown = text(client.get(f"{PAGE}?day=2030-01-08"))
    assert "Nothing is free on Tuesday 8 January" in shown
    assert "The next free time is Monday 14 January, 09:00 (London time)." in shown


def test_after_the_last_free_time_it_leads_back(client, service):
    shown = text(client.get(f"{PAGE}?day=2030-02-28"))
    assert "Nothing is free on Thursday 28 February" in shown
    assert "The next free time is Monday 7 January, 09:00 (London time)." in shown


def test_with_nothing_open_at_all_it_says_so(client, service):
    AvailabilityRule.objects.all().delete()
    shown = text(client.get(PAGE))
    assert "Nothing is free at the moment" in shown
    assert "January" not in shown.replace("January 2030", "", 1)


def test_beyond_what_is_looked_at_there_may_be_something(client, service):
    """The page looks three months ahead; a practice may book a year ahead."""
    service.horizon = 365
    service.save()
    AvailabilityRule.objects.update(valid_from=datetime(2030, 6, 1, tzinfo=UTC).date())
    path, months = PAGE, []
    while path is not None and len(months) < 20:
        months.append(page := client.get(path).content.decode())
        path = turn(page, "later")
    assert marked(months[5])[0] == "2030-06-03"
    assert marked(months[11])[-1] == "2030-12-30"
    assert "Nothing is free in January 2031" in months[12]
    assert len(months) == 13


def test_it_asks_five_times_at_most_whatever_is_asked(
    client, service, django_assert_max_num_queries
):
    for query in ("", "?month=2030-02", "?day=2030-01-14", "?day=2031-01-14"):
        with django_assert_max_num_queries(5):
            client.get(PAGE + query)


def test_busy_and_away_look_the_same(client, service):
    away(service, START, START + timedelta(hours=1))
    holiday = text(client.get(PAGE))
    AvailabilityException.objects.all().delete()
    make_consultation(
        client=make_client(counsellor=service.counsellor), service=service, starts_at=START
    )
    assert text(client.get(PAGE)) == holiday


# --- Whose clock ----------------------------------------------------------------------------


def test_an_old_name_of_a_zone_is_understood(client, service):
    shown = client.get(f"{PAGE}?zone=Asia/Calcutta")
    assert "India time, UTC+05:30" in text(shown)
    assert '<option value="Asia/Kolkata" selected>' in shown.content.decode()


@pytest.mark.parametrize("zone", ["Mars/Phobos", "", "../../etc/passwd", "%00", "x" * 5000])
def test_an_unknown_zone_is_said_beside_the_field(client, service, zone):
    response = client.get(f"{PAGE}?zone={zone}")
    assert response.status_code == 200
    assert "Choose a time zone from the list." in text(response)
    assert offered(response.content.decode())[0] == "09:00"
    assert response.content.decode().count('id="zone"') == 1


def test_a_signed_in_reader_sees_their_own_clock(client, service):
    asha = make_portal_client(time_zone="Asia/Kolkata")
    client.force_login(asha.user)
    assert "India time" in text(client.get(PAGE))


@pytest.mark.parametrize(
    ("zone", "day", "times", "clock_words"),
    [
        ("Pacific/Auckland", "2030-01-07", ["22:00", "23:00"], "Auckland time, UTC+13:00"),
        ("Pacific/Auckland", "2030-01-08", ["00:00", "01:00"], "Auckland time, UTC+13:00"),
        ("Pacific/Pago_Pago", "2030-01-06", ["22:00", "23:00"], "UTC-11:00"),
        ("Pacific/Pago_Pago", "2030-01-07", ["00:00", "01:00"], "UTC-11:00"),
        ("Australia/Lord_Howe", "2030-01-07", ["20:00", "21:00"], "UTC+11:00"),
        ("Australia/Lord_Howe", "2030-01-08", ["00:00", "01:00"], "UTC+11:00"),
    ],
)
def test_times_stand_under_the_visitors_own_dates(client, service, zone, day, times, clock_words):
    response = client.get(f"{PAGE}?zone={zone}&day={day}")
    page = response.content.decode()
    assert day in marked(page)
    assert offered(page)[:2] == times
    assert clock_words in text(response)


def test_a_month_may_end_with_a_day_that_is_another_months_elsewhere(client, service, clock):
    """Thursday 31 January in London is already February in Kiritimati."""
    AvailabilityRule.objects.all().delete()
    make_rule(counsellor=service.counsellor, weekday=3, starts=time(12), ends=time(13))
    clock.move_to(datetime(2030, 1, 29, 9, tzinfo=UTC))
    assert marked(client.get(PAGE).content.decode()) == ["2030-01-31"]
    there = client.get(f"{PAGE}?zone=Pacific/Kiritimati").content.decode()
    assert "February 2030" in there
    assert marked(there)[0] == "2030-02-01"
    assert offered(there) == ["02:00"]
    assert turn(there, "earlier") is None


def test_today_is_the_visitors_today(client, service, clock):
    clock.move_to(datetime(2030, 1, 6, 23, tzinfo=UTC))
    assert "6 , today" in text(client.get(PAGE))
    assert "7 , today" in text(client.get(f"{PAGE}?zone=Pacific/Auckland"))


def test_a_zone_chosen_by_hand_keeps_the_day(client, service):
    page = client.get(f"{PAGE}?day=2030-01-14").content.decode()
    assert page.count('<input type="hidden" name="day" value="2030-01-14">') == 2
    month = client.get(f"{PAGE}?month=2030-02&zone=Asia/Tokyo").content.decode()
    assert month.count('<input type="hidden" name="month" value="2030-02">') == 1


# --- Clock changes --------------------------------------------------------------------------


def test_clocks_put_forward_no_time_is_offered_that_does_not_exist(client, service, clock):
    """London, Sunday 31 March 2030: 01:00 becomes 02:00."""
    clock.move_to(datetime(2030, 3, 28, 9, tzinfo=UTC))
    make_rule(counsellor=service.counsellor, weekday=6, starts=time(0), ends=time(4))
    response = client.get(PAGE)
    assert offered(response.content.decode()) == ["00:00", "02:00", "03:00"]
    assert "London time, UTC, from 02:00 UTC+01:00" in text(response)


def test_clocks_put_back_the_hour_that_comes_twice_is_told_apart(client, service, clock):
    """The counsellor is in UTC, so both are open; the visitor in London sees 01:00 twice."""
    clock.move_to(datetime(2030, 10, 24, 9, tzinfo=UTC))
    service.counsellor.time_zone = "UTC"
    service.counsellor.save()
    make_rule(counsellor=service.counsellor, weekday=6, starts=time(0), ends=time(3))
    response = client.get(f"{PAGE}?zone=Europe/London")
    assert offered(response.content.decode()) == ["01:00 (UTC+01:00)", "01:00 (UTC)", "02:00"]
    assert "London time, UTC+01:00, from 01:00 UTC" in text(response)


def test_half_an_hour_is_put_back_on_lord_howe(client, service, clock):
    """Sunday 7 April 2030, 02:00 becomes 01:30."""
    clock.move_to(datetime(2030, 4, 4, 9, tzinfo=UTC))
    service.counsellor.time_zone = "UTC"
    service.counsellor.save()
    service.step = 30
    service.buffer_after = 0
    service.length = 30
    service.save()
    AvailabilityRule.objects.all().delete()
    make_rule(counsellor=service.counsellor, weekday=5, starts=time(14), ends=time(16))
    response = client.get(f"{PAGE}?zone=Australia/Lord_Howe&day=2030-04-07")
    assert offered(response.content.decode()) == [
        "01:00",
        "01:30 (UTC+11:00)",
        "01:30 (UTC+10:30)",
        "02:00",
    ]


def test_a_day_on_either_side_of_a_change_has_its_own_offset(client, service, clock):
    clock.move_to(datetime(2030, 3, 20, 9, tzinfo=UTC))
    assert "London time, UTC ·" in text(client.get(f"{PAGE}?day=2030-03-25"))
    assert "London time, UTC+01:00 ·" in text(client.get(f"{PAGE}?day=2030-04-01"))


# --- Forged addresses -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wish", ["", "yesterday", "2030-02-30", "0001-01-01", "9999-12-31", "%00", "2029-01-01", "٣"]
)
def test_any_day_in_the_address_is_answered(client, service, wish):
    assert client.get(f"{PAGE}?day={wish}").status_code == 200


@pytest.mark.parametrize(
    "wish", ["", "9999-99", "9999-12", "0001-01", "2030-1", "%00", "2030-01-01", "-", "x" * 5000]
)
def test_any_month_in_the_address_is_answered(client, service, wish):
    response = client.get(f"{PAGE}?month={wish}")
    assert response.status_code == 200
    assert re.search("(January|February) 2030", text(response))


def test_nothing_typed_into_the_address_comes_back(client, service):
    page = client.get(f"{PAGE}?day=<b>&month=<b>&from=<b>").content.decode()
    assert "<b>" not in page
    assert "&lt;b&gt;" not in page
