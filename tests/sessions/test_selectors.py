from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine

from sessions.models import (
    AvailabilityException,
    AvailabilityRule,
    BusyTime,
    Consultation,
    Hold,
    ImportedCalendar,
    Service,
)
from sessions.selectors import (
    last_held_consultation,
    nearest_open,
    next_consultation,
    open_slot,
    open_slots,
    slots_by_service,
)
from tests.factories import (
    make_client,
    make_consultation,
    make_counsellor,
    make_rule,
    make_service,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 1, 3, 9, tzinfo=UTC)
MONDAY = date(2030, 1, 7)
TEN = datetime(2030, 1, 7, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)
WEEK = timedelta(weeks=1)


@pytest.fixture
def service():
    counsellor = make_counsellor()
    make_rule(counsellor=counsellor, weekday=0, starts=time(9), ends=time(13))
    return make_service(
        counsellor=counsellor, length=60, step=60, buffer_after=0, minimum_notice=24
    )


def hours(service, first=MONDAY, last=MONDAY, now=NOW, **kw):
    return [slot.start.hour for slot in open_slots(service, first, last, now, **kw)]


@pytest.mark.parametrize("days", [1, 7, 60, 4000])
def test_it_asks_twice_whatever_the_span(service, days, django_assert_num_queries):
    service.horizon, service.weekly_maximum = 4000, 20
    client_record = make_client(counsellor=service.counsellor)
    for week in range(5):
        make_consultation(
            client=client_record,
            service=service,
            starts_at=datetime(2030, 1, 7, 10, tzinfo=UTC) + timedelta(weeks=week),
        )
    with django_assert_num_queries(2):
        assert open_slots(service, MONDAY, MONDAY + timedelta(days=days), NOW)


def test_it_asks_twice_for_all_services_together(service, django_assert_num_queries):
    others = [make_service(counsellor=service.counsellor) for _number in range(4)]
    for each in others:
        each.counsellor = service.counsellor
    with django_assert_num_queries(2):
        slots_by_service([service, *others], MONDAY, MONDAY, NOW)


@pytest.mark.parametrize("status", ["pending", "confirmed"])
def test_what_is_held_is_not_open(service, status):
    anna = make_client(counsellor=service.counsellor)
    make_consultation(client=anna, service=service, starts_at=TEN, status=status)
    assert hours(service) == [9, 11, 12]


def test_holiday_and_client_look_the_same(service):
    AvailabilityException.objects.create(
        counsellor=service.counsellor, kind="time_off", starts_at=TEN, ends_at=TEN + HOUR
    )
    while_away = hours(service)
    AvailabilityException.objects.all().delete()
    make_consultation(
        client=make_client(counsellor=service.counsellor), service=service, starts_at=TEN
    )
    assert hours(service) == while_away == [9, 11, 12]


def test_extra_hours_open(service):
    AvailabilityException.objects.create(
        counsellor=service.counsellor,
        kind="extra",
        starts_at=datetime(2030, 1, 8, 14, tzinfo=UTC),
        ends_at=datetime(2030, 1, 8, 16, tzinfo=UTC),
    )
    tuesday = MONDAY + timedelta(days=1)
    assert hours(service, tuesday, tuesday) == [14, 15]


def test_another_counsellors_day_does_not_matter(service):
    make_consultation(starts_at=datetime(2030, 1, 7, 10, tzinfo=UTC))
    assert hours(service) == [9, 10, 11, 12]


def test_the_daily_maximum_counts_this_service_alone_and_what_was_held(service):
    service.daily_maximum = 1
    anna = make_client(counsellor=service.counsellor)
    other = make_service(counsellor=service.counsellor, length=60, buffer_after=0)
    nine = datetime(2030, 1, 7, 9, tzinfo=UTC)
    booked = make_consultation(client=anna, service=other, starts_at=nine, status="completed")
    assert hours(service) == [9, 10, 11, 12]
    Consultation.objects.filter(pk=booked.pk).update(service=service)
    assert hours(service) == []


def make_hold(service, starts_at, **fields):
    """A time kept for an hour yet."""
    times = {"starts_at": starts_at, "ends_at": starts_at + timedelta(minutes=service.length)}
    given = {"purpose": "booking", "name": "Anna", "email": "anna@example.org"}
    given |= {"time_zone": "Europe/London", "expires_at": NOW + HOUR, **times}
    given |= {"held_from": times["starts_at"], "held_until": times["ends_at"], **fields}
    return Hold.objects.create(counsellor=service.counsellor, service=service, **given)


@pytest.mark.parametrize(
    ("fields", "is_kept"),
    [
        ({}, True),
        ({"expires_at": NOW + timedelta(microseconds=1)}, True),
        ({"expires_at": NOW}, False),
        ({"state": "released"}, False),
        ({"state": "used"}, False),
    ],
)
def test_a_kept_time_is_not_open_until_it_expires_or_is_given_back(service, fields, is_kept):
    make_hold(service, TEN, **fields)
    assert (10 not in hours(service)) is is_kept


def test_a_calendar_elsewhere_closes_its_times_while_it_is_on(service):
    calendar = ImportedCalendar.objects.create(
        counsellor=service.counsellor, name="My own", address="https://example.org/my.ics"
    )
    BusyTime.objects.create(
        calendar=calendar,
        counsellor=service.counsellor,
        starts_at=TEN + timedelta(minutes=59, seconds=59, microseconds=999_999),
        ends_at=TEN + HOUR + timedelta(microseconds=1),
    )
    assert hours(service) == [9, 12]
    calendar.is_on = False
    calendar.save()
    assert hours(service) == [9, 10, 11, 12]


def test_what_is_about_to_be_moved_neither_blocks_nor_counts(service):
    service.daily_maximum = 1
    anna = make_client(counsellor=service.counsellor)
    booked = make_consultation(client=anna, service=service, starts_at=TEN)
    assert hours(service) == []
    assert hours(service, without=booked) == [9, 10, 11, 12]
    assert open_slot(service, TEN, NOW) is None
    assert open_slot(service, TEN, NOW, without=booked) is not None
    assert [slot.start for slot in nearest_open(service, TEN, NOW, 1, without=booked)] == [TEN]


def test_a_time_kept_for_whoever_now_takes_it_neither_blocks_nor_counts(service):
    service.daily_maximum = 1
    kept = make_hold(service, TEN)
    assert hours(service) == []
    assert hours(service, without=kept) == [9, 10, 11, 12]


def test_own_hours_are_for_their_service_alone_and_it_has_no_others(service):
    counsellor = service.counsellor
    other = make_service(counsellor=counsellor, length=60, step=60, minimum_notice=24)
    make_rule(counsellor=counsellor, service=other, weekday=0, starts=time(18), ends=time(20))
    AvailabilityException.objects.create(
        counsellor=counsellor, kind="extra", starts_at=TEN + 5 * HOUR, ends_at=TEN + 6 * HOUR
    )
    assert hours(service) == [9, 10, 11, 12, 15]
    assert hours(other) == [18, 19]


def test_hours_end_with_the_last_day_they_are_valid(service):
    AvailabilityRule.objects.update(valid_from=MONDAY, valid_until=MONDAY + WEEK)
    found = open_slots(service, MONDAY - WEEK, MONDAY + 3 * WEEK, NOW)
    assert {slot.start.date() for slot in found} == {MONDAY, MONDAY + WEEK}


@pytest.mark.parametrize("status", ["pending", "completed", "no_show"])
def test_the_weekly_maximum_counts_from_monday_to_sunday(service, status):
    """Seen on Friday: what was held that Monday counts, what comes the Monday after does not."""
    service.weekly_maximum = 1
    make_rule(counsellor=service.counsellor, weekday=6, starts=time(9), ends=time(10))
    anna = make_client(counsellor=service.counsellor)
    booked = make_consultation(client=anna, service=service, starts_at=TEN, status=status)
    friday, sunday = NOW + timedelta(days=8), MONDAY + timedelta(days=6)
    assert hours(service, sunday, sunday, now=friday) == []
    assert hours(service, sunday, sunday, now=friday, without=booked) == [9]
    assert hours(service, MONDAY + WEEK, MONDAY + WEEK, now=friday) == [9, 10, 11, 12]


def test_a_kept_time_counts_toward_the_maxima(service):
    service.weekly_maximum = 2
    make_rule(counsellor=service.counsellor, weekday=6, starts=time(9), ends=time(10))
    sunday = MONDAY + timedelta(days=6)
    make_hold(service, TEN)
    assert hours(service, sunday, sunday) == [9]
    make_hold(service, TEN + HOUR)
    assert hours(service, sunday, sunday) == []
    make_hold(service, TEN + WEEK, expires_at=NOW)
    assert hours(service, MONDAY + WEEK, MONDAY + WEEK) == [9, 10, 11, 12]


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date.min, date.min),
        (date.min, date.max),
        (date.max, date.max),
        (MONDAY, MONDAY - timedelta(days=1)),
    ],
)
def test_any_two_dates_are_safe(service, first, last):
    assert isinstance(open_slots(service, first, last, NOW), list)


def test_the_nearest_are_close_and_in_order(service):
    wanted = datetime(2030, 1, 14, 9, tzinfo=UTC)
    found = nearest_open(service, wanted, NOW, 3)
    assert [slot.start.isoformat()[:13] for slot in found] == [
        "2030-01-14T09",
        "2030-01-14T10",
        "2030-01-14T11",
    ]


@pytest.mark.parametrize("wanted", [datetime.min, datetime.max])
def test_the_nearest_to_the_edge_of_time_is_no_error(service, wanted):
    assert nearest_open(service, wanted.replace(tzinfo=UTC), NOW) is not None


def test_the_next_and_the_last_of_a_client(service):
    anna = make_client(counsellor=service.counsellor)
    with time_machine.travel(NOW):
        days = {"completed": -7, "no_show": -1, "cancelled_by_client": 1, "confirmed": 4}
        made = {
            status: make_consultation(
                client=anna, service=service, status=status, starts_at=NOW + timedelta(days=day)
            )
            for status, day in days.items()
        }
    assert next_consultation(anna, NOW) == made["confirmed"]
    assert last_held_consultation(anna, NOW) == made["completed"]
    assert next_consultation(make_client(), NOW) is None


def test_one_that_is_going_on_is_the_next(service):
    anna = make_client(counsellor=service.counsellor)
    going_on = make_consultation(client=anna, service=service, starts_at=NOW - timedelta(minutes=5))
    assert next_consultation(anna, NOW) == going_on


def test_services_are_the_counsellors_own(service):
    assert Service.objects.visible_to(make_counsellor().user).count() == 0
    assert Service.objects.visible_to(service.counsellor.user).count() == 1
