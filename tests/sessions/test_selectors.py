from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine

from sessions.models import AvailabilityException, Consultation, Service
from sessions.selectors import (
    last_held_consultation,
    nearest_open,
    next_consultation,
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


@pytest.fixture
def service():
    counsellor = make_counsellor()
    make_rule(counsellor=counsellor, weekday=0, starts=time(9), ends=time(13))
    return make_service(
        counsellor=counsellor, length=60, step=60, buffer_after=0, minimum_notice=24
    )


def hours(service, first=MONDAY, last=MONDAY, now=NOW):
    return [slot.start.hour for slot in open_slots(service, first, last, now)]


@pytest.mark.parametrize("days", [1, 7, 60, 4000])
def test_it_asks_three_times_whatever_the_span(service, days, django_assert_num_queries):
    service.horizon = 4000
    client_record = make_client(counsellor=service.counsellor)
    for week in range(5):
        make_consultation(
            client=client_record,
            service=service,
            starts_at=datetime(2030, 1, 7, 10, tzinfo=UTC) + timedelta(weeks=week),
        )
    with django_assert_num_queries(3):
        assert open_slots(service, MONDAY, MONDAY + timedelta(days=days), NOW)


def test_it_asks_three_times_for_all_services_together(service, django_assert_num_queries):
    others = [make_service(counsellor=service.counsellor) for _number in range(4)]
    for each in others:
        each.counsellor = service.counsellor
    with django_assert_num_queries(3):
        slots_by_service([service, *others], MONDAY, MONDAY, NOW)


@pytest.mark.parametrize("status", ["pending", "confirmed"])
def test_what_is_held_is_not_open(service, status):
    anna = make_client(counsellor=service.counsellor)
    ten = datetime(2030, 1, 7, 10, tzinfo=UTC)
    make_consultation(client=anna, service=service, starts_at=ten, status=status)
    assert hours(service) == [9, 11, 12]


def test_holiday_and_client_look_the_same(service):
    ten = datetime(2030, 1, 7, 10, tzinfo=UTC)
    hour = timedelta(hours=1)
    AvailabilityException.objects.create(
        counsellor=service.counsellor, kind="time_off", starts_at=ten, ends_at=ten + hour
    )
    while_away = hours(service)
    AvailabilityException.objects.all().delete()
    make_consultation(
        client=make_client(counsellor=service.counsellor), service=service, starts_at=ten
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
