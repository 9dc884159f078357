"""The page "Your hours" and what leads on from it, through HTTP."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from django.contrib.admin.models import LogEntry

from sessions.desk.week import HOUR, week_of
from sessions.models import AvailabilityException, AvailabilityRule, Consultation
from tests.costs import LISTED
from tests.factories import (
    make_client,
    make_consultation,
    make_counsellor,
    make_rule,
    make_service,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 1, 3, 9, tzinfo=UTC)
# Monday, 10:00 in London.
START = datetime(2030, 1, 7, 10, tzinfo=UTC)
HOURS = "/admin/consultations/availabilityrule/"
SPANS = "/admin/consultations/availabilityexception/"
CLOCK = HOURS + "clock/"
# A page of the desk reads who is signed in, and their counsellor.
SIGNED_IN = 3


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def ada(client):
    """A counsellor in London whose account, on a journey, shows New York time."""
    counsellor = make_counsellor(time_zone="Europe/London")
    counsellor.user.time_zone = "America/New_York"
    counsellor.user.save()
    client.force_login(counsellor.user)
    return counsellor


@pytest.fixture
def service(ada):
    return make_service(counsellor=ada, name="Meeting")


@pytest.fixture
def mondays(ada):
    """09:00 to 17:00."""
    return make_rule(counsellor=ada)


@pytest.fixture
def booked(ada, service, mondays):
    person = make_client(counsellor=ada, name="Anna")
    return make_consultation(client=person, service=service, starts_at=START)


def text(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def seal(response):
    return re.search(r'name="seen" value="(\w+)"', response.content.decode()).group(1)


def weekly(**fields):
    return {"weekdays": [0], "starts": "09:00", "ends": "17:00", **fields}


def send(client, path, given):
    """Both presses of the button: the first shows what it means, the second saves."""
    first = client.post(path, given)
    return client.post(path, {**given, "seen": seal(first)}, follow=True)


# --- The page -------------------------------------------------------------------------------


def test_it_shows_the_week_and_what_is_to_come(client, ada, service, mondays):
    make_rule(counsellor=ada, weekday=2, service=service, valid_from=date(2030, 3, 4))
    late = {"weekday": 3, "starts": time(22), "ends": time(0)}
    make_rule(counsellor=ada, valid_until=date(2029, 1, 4), **late)
    client.post(SPANS + "add/", {"first_day": "2030-02-04", "last_day": "2030-02-06"})
    extra = {"first_day": "2030-02-09", "starts": "9:00", "ends": "12:00", "note": "Fair"}
    client.post(SPANS + "add/?kind=extra", extra)
    shown = text(client.get(HOURS))
    for words in (
        "All times are by your own clock: London time.",
        "09:00–17:00",
        "Wednesday 09:00–17:00, only Meeting, from Monday 4 March",
        "Thursday 22:00–24:00, until Thursday 4 January 2029",
        "Monday 4 February to Wednesday 6 February",
        "Saturday 9 February, 09:00–12:00 Fair",
    ):
        assert words in shown


def test_it_draws_hours_to_scale_and_side_by_side_where_they_overlap(ada, mondays):
    make_rule(counsellor=ada, starts=time(12), ends=time(13, 30))
    make_rule(counsellor=ada, starts=time(17), ends=time(0))
    day = week_of(ada.availability_rules.all(), date(2030, 1, 3)).days[0]
    assert [(block.x, block.y / HOUR, block.height / HOUR) for block in day.blocks] == [
        *[("0.00%", 1, 8), ("50.00%", 4, 1.5)],
        ("0.00%", 9, 7),
    ]


def test_it_says_what_to_do_where_nothing_is_open_yet(client, ada):
    assert "No hours yet, so nothing can be booked." in text(client.get(HOURS))


@pytest.mark.parametrize("rows", [1, 9])
def test_it_reads_the_page_in_a_fixed_number_of_queries(
    client, ada, service, rows, django_assert_num_queries
):
    for number in range(rows):
        make_rule(counsellor=ada, weekday=number % 7, service=service)
        for days in (number + 1, -number - 2):
            start = NOW + timedelta(days=days)
            AvailabilityException.objects.create(
                counsellor=ada, kind="time_off", starts_at=start, ends_at=start + timedelta(hours=1)
            )
    with django_assert_num_queries(SIGNED_IN + 3):
        client.get(HOURS)


# --- Weekly hours ---------------------------------------------------------------------------


def test_hours_that_only_open_are_saved_at_once_on_several_days(client, ada, service):
    given = weekly(weekdays=[0, 2], ends="12:00", again_starts="14:00", again_ends="00:00")
    said = text(client.post(HOURS + "add/", given, follow=True))
    assert "Saved. No consultation was changed." in said
    rows = AvailabilityRule.objects.values_list("counsellor", "weekday", "starts", "ends")
    spans = [(time(9), time(12)), (time(14), time(0))]
    assert list(rows) == [(ada.pk, day, *span) for day in (0, 2) for span in spans]


def test_what_closes_or_is_in_the_way_is_shown_before_it_is_saved(client, booked, mondays):
    path = f"{HOURS}{mondays.pk}/change/"
    given = weekly(starts="12:00")
    first = client.post(path, given)
    shown = text(first)
    assert "1 time that is booked or kept is in the way" in shown
    assert "Anna , Mon 7 Jan, 10:00 Meeting outside your hours" in shown
    assert f"/consultation/{booked.pk}/change/" in first.content.decode()
    assert "They stay as they are, and nobody gets a message." in shown
    # Today's ten o'clock is Anna's: two of that day, and three of the seven Mondays after it.
    assert "23 open times close , the next: Mon 7 Jan, 09:00; Mon 14 Jan, 09:00;" in shown
    assert 'value="12:00"' in first.content.decode()
    assert AvailabilityRule.objects.get().starts == time(9)

    said = client.post(path, {**given, "seen": seal(first)}, follow=True)
    assert "Saved." in text(said)
    assert AvailabilityRule.objects.get().starts == time(12)
    assert Consultation.objects.get().version == 1


@pytest.mark.parametrize("rows", [1, 9])
def test_it_is_shown_in_a_fixed_number_of_queries(
    client, ada, service, booked, mondays, rows, django_assert_num_queries
):
    for number in range(1, rows):
        start = START + timedelta(weeks=number)
        make_consultation(client=booked.client, service=service, starts_at=start)
    # Besides the difference: the row, the choice of services, the hours there are.
    with django_assert_num_queries(SIGNED_IN + 7 + 3 + LISTED):
        client.post(f"{HOURS}{mondays.pk}/change/", weekly(starts="12:00"))


@pytest.mark.parametrize("seen", ["", "x", "0" * 64])
def test_only_what_was_shown_is_saved(client, booked, mondays, seen):
    path = f"{HOURS}{mondays.pk}/change/"
    assert client.post(path, weekly(starts="12:00", seen=seen)).status_code == 200
    other = seal(client.post(path, weekly(starts="13:00")))
    assert client.post(path, weekly(starts="12:00", seen=other)).status_code == 200
    assert AvailabilityRule.objects.get().starts == time(9)


def test_it_is_shown_again_when_more_came_in_the_way(client, ada, service, booked, mondays):
    path = f"{HOURS}{mondays.pk}/change/"
    seen = seal(client.post(path, weekly(starts="12:00")))
    ben = make_client(counsellor=ada, name="Ben")
    make_consultation(client=ben, service=service, starts_at=START - timedelta(hours=1))
    again = client.post(path, weekly(starts="12:00", seen=seen))
    assert "Ben , Mon 7 Jan, 09:00" in text(again)
    assert AvailabilityRule.objects.get().starts == time(9)


def test_removing_hours_shows_first_what_it_means(client, booked, mondays):
    path = f"{HOURS}{mondays.pk}/delete/"
    shown = client.get(path)
    assert "Monday 09:00–17:00" in text(shown)
    assert "is in the way" in text(shown)
    assert client.post(path, {"post": "yes"}).status_code == 200
    assert AvailabilityRule.objects.exists()
    client.post(path, {"seen": seal(shown)})
    assert not AvailabilityRule.objects.exists()


def test_a_days_hours_are_copied_to_others_once(client, ada, mondays):
    make_rule(counsellor=ada, weekday=1)
    given = {"source": 0, "weekdays": [1, 2, 3]}
    client.post(HOURS + "copy/", given)
    assert list(AvailabilityRule.objects.values_list("weekday", flat=True)) == [0, 1, 2, 3]
    nothing = client.post(HOURS + "copy/", {"source": 6, "weekdays": [1]})
    assert "There are no hours on that day." in text(nothing)


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        *[("weekdays", []), ("weekdays", ["7"]), ("weekdays", ["x"])],
        *[("starts", ""), ("starts", "25:00"), ("ends", "09:00"), ("ends", "08:00")],
        *[("again_ends", "10:00"), ("valid_from", "0001-01-01"), ("valid_until", "9999-12-31")],
        *[("service", "x"), ("service", "00000000-0000-4000-8000-000000000000")],
    ],
)
def test_bad_hours_are_said_beside_the_field(client, ada, field, typed):
    response = client.post(HOURS + "add/", weekly(**{field: typed}))
    assert response.status_code == 200
    assert response.context["form"].errors.keys() == {field}
    assert not AvailabilityRule.objects.exists()


def test_hours_that_are_there_already_or_end_before_they_begin_are_refused(client, mondays):
    assert "You have these hours already." in text(client.post(HOURS + "add/", weekly()))
    days = {"valid_from": "2030-02-02", "valid_until": "2030-02-01"}
    wrong = text(client.post(HOURS + "add/", weekly(**days)))
    assert "The last day must not be before the first." in wrong


def test_hours_are_named_for_own_services_alone(client, ada, service):
    theirs = make_service(name="Zanna")
    add = HOURS + "add/"
    assert "Zanna" not in client.get(add).content.decode()
    refused = client.post(add, weekly(service=theirs.pk))
    assert refused.context["form"].errors.keys() == {"service"}
    client.post(add, weekly(service=service.pk))
    assert AvailabilityRule.objects.get().service == service


def test_it_opens_for_the_weekday_it_is_asked_for(client, ada):
    assert client.get(HOURS + "add/?weekday=2").context["form"].initial == {"weekdays": [2]}
    for junk in ("9", "x", "-1"):
        shown = client.get(f"{HOURS}add/?weekday={junk}")
        assert shown.context["form"].initial == {"weekdays": []}


# --- Time off and extra hours ---------------------------------------------------------------


def test_whole_days_run_from_midnight_to_midnight_through_a_clock_change(client, ada):
    client.post(SPANS + "add/", {"first_day": "2030-03-30", "last_day": "2030-03-31"})
    row = AvailabilityException.objects.get()
    assert (row.starts_at, row.whole_days) == (datetime(2030, 3, 30, tzinfo=UTC), True)
    assert row.ends_at == datetime(2030, 3, 31, 23, tzinfo=UTC)
    shown = client.get(f"{SPANS}{row.pk}/change/").context["form"].initial
    assert (shown["first_day"], shown["last_day"]) == (date(2030, 3, 30), date(2030, 3, 31))


def test_time_off_collides_with_what_it_touches(client, booked):
    given = {"first_day": "2030-01-07", "note": "Dentist"}
    first = client.post(SPANS + "add/", given)
    assert "Anna , Mon 7 Jan, 10:00 Meeting in the time off" in text(first)
    assert 'value="Dentist"' in first.content.decode()
    assert not AvailabilityException.objects.exists()
    assert "Monday 7 January Dentist" in text(send(client, SPANS + "add/", given))


def test_hours_off_end_at_midnight_or_on_another_day(client, ada):
    given = {"first_day": "2030-01-07", "starts": "20:00", "ends": "00:00"}
    client.post(SPANS + "add/", given)
    row = AvailabilityException.objects.get()
    assert row.ends_at == datetime(2030, 1, 8, tzinfo=UTC)
    assert "Monday 7 January, 20:00–24:00" in text(client.get(HOURS))
    change = f"{SPANS}{row.pk}/change/"
    client.post(change, {**given, "last_day": "2030-01-08", "ends": "08:00"})
    assert "Monday 7 January, 20:00 to Tuesday 8 January, 08:00" in text(client.get(HOURS))


def test_what_is_shown_by_the_hour_is_saved_unchanged(client, ada):
    """Extra hours through a night, however they came to be, keep both of their days."""
    row = AvailabilityException.objects.create(
        counsellor=ada, kind="extra", starts_at=START, ends_at=START + timedelta(days=1)
    )
    change = f"{SPANS}{row.pk}/change/"
    form = client.get(change).context["form"]
    given = {name: form[name].value() or "" for name in form.fields}
    assert client.post(change, given).status_code == 302
    again = AvailabilityException.objects.get()
    assert (again.starts_at, again.ends_at) == (row.starts_at, row.ends_at)


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        *[("first_day", ""), ("first_day", "2030-02-30"), ("first_day", "9999-12-31")],
        *[("first_day", "2029-12-31"), ("last_day", "2030-01-06"), ("starts", "x")],
        *[("ends", ""), ("ends", "08:00"), ("note", "x" * 121), ("note", "a\0b")],
    ],
)
def test_bad_time_off_is_said_beside_the_field(client, ada, field, typed):
    given = {"first_day": "2030-01-07", "starts": "09:00", "ends": "10:00", field: typed}
    response = client.post(SPANS + "add/", given)
    assert response.context["form"].errors.keys() == {field}
    assert not AvailabilityException.objects.exists()


def test_extra_hours_need_their_times(client, ada):
    response = client.post(SPANS + "add/?kind=extra", {"first_day": "2030-01-07"})
    assert response.context["form"].errors.keys() == {"starts", "ends"}


@pytest.mark.parametrize("field", ["starts", "ends"])
def test_a_time_that_a_clock_change_skips_is_refused_in_words(client, ada, field):
    """London, 31 March 2030: after 00:59 comes 02:00."""
    given = {"first_day": "2030-03-31", "starts": "00:10", "ends": "05:00", field: "01:30"}
    response = client.post(SPANS + "add/", given)
    assert "there is no such time that day" in text(response)
    assert response.context["form"].errors.keys() == {field}


@pytest.mark.parametrize(("field", "which"), [("starts", "which_start"), ("ends", "which_end")])
def test_a_time_that_comes_twice_asks_which(client, ada, field, which):
    """London, 27 October 2030: 01:30 comes at 00:30 and at 01:30 UTC."""
    given = {"first_day": "2030-10-27", "starts": "00:10", "ends": "05:00", field: "01:30"}
    asked = client.post(SPANS + "add/", given)
    assert "UTC+01:00 UTC" in text(asked)
    assert asked.context["form"].errors.keys() == {which}
    client.post(SPANS + "add/", {**given, which: "20301027T0130Z"})
    row = AvailabilityException.objects.get()
    assert getattr(row, f"{field}_at") == datetime(2030, 10, 27, 1, 30, tzinfo=UTC)
    shown = client.get(f"{SPANS}{row.pk}/change/").context["form"].initial
    assert shown[which] == "20301027T0130Z"


# --- Another clock --------------------------------------------------------------------------


def test_a_move_is_shown_first_with_both_times(client, ada, booked):
    first = client.post(CLOCK, {"time_zone": "America/New_York"})
    shown = text(first)
    assert "Anna Mon 7 Jan, 10:00 Mon 7 Jan, 05:00 outside" in shown
    assert "is in the way" in shown
    ada.refresh_from_db()
    assert ada.time_zone == "Europe/London"
    again = client.post(CLOCK, {"time_zone": "America/New_York", "seen": seal(first)}, follow=True)
    assert "Your clock is now New York time. No consultation was moved." in text(again)
    ada.refresh_from_db()
    assert ada.time_zone == "America/New_York"
    assert Consultation.objects.get().starts_at == START
    assert LogEntry.objects.get().change_message == "Europe/London → America/New_York"


def test_even_a_move_that_changes_nothing_is_shown_first(client, ada):
    """Nothing is booked; still nobody loses their clock by one press."""
    given = {"time_zone": "Europe/Dublin"}
    assert "No consultation is to come." in text(client.post(CLOCK, given))
    send(client, CLOCK, given)
    ada.refresh_from_db()
    assert ada.time_zone == "Europe/Dublin"


@pytest.mark.parametrize(
    "junk", ["Mars/Phobos", "../../etc/passwd", "", "a\0b", "x" * 100_000, "Europe/London"]
)
def test_junk_and_the_clock_there_is_are_refused_in_words(client, ada, junk):
    response = client.post(CLOCK, {"time_zone": junk})
    assert response.status_code == 200
    assert response.context["form"].errors.keys() == {"time_zone"}
