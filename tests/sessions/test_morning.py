"""A counsellor's list of the day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from counsel.reminders.dispatch import send_due
from counsel.reminders.models import Reminder, State
from counsel.reminders.words import assert_neutral
from sessions.models import Consultation
from sessions.morning import morning_lists_plan, window
from sessions.services import (
    consultation_cancel,
    consultation_undo,
    counsellor_move_zone,
)
from tests.factories import make_client, make_consultation, make_counsellor
from tests.letters import address_of, message_of

pytestmark = pytest.mark.django_db
# A Monday; the list comes at seven in London, which is UTC in winter.
SEVEN = datetime(2030, 1, 7, 7, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(SEVEN - 12 * HOUR, tick=False) as traveller:
        yield traveller


@pytest.fixture
def ada():
    return make_counsellor(display_name="Ada Okapi")


@pytest.fixture
def tick(clock):
    """Lets the clock show this, and plans; returns the days whose list waits or has gone."""

    def tick(now):
        clock.move_to(now)
        morning_lists_plan(now)
        rows = Reminder.objects.filter(kind="morning_list").exclude(state=State.CANCELLED)
        return sorted(rows.values_list("occurrence", flat=True))

    return tick


def meet(counsellor, starts_at, **fields):
    client = make_client(counsellor=counsellor, name="Anna Quellwasser")
    return make_consultation(client=client, starts_at=starts_at, **fields)


def row():
    return Reminder.objects.get(kind="morning_list")


def lines():
    return message_of(row()).body.split("\n\n")[1].splitlines()


# --- What it says ---------------------------------------------------------------------------


def test_it_counts_what_is_on_and_what_waits_and_names_nobody(ada, tick):
    for hour in (9, 11, 15):
        meet(ada, SEVEN.replace(hour=hour))
    meet(ada, SEVEN + timedelta(days=9), status="pending")
    meet(ada, SEVEN + timedelta(days=1))
    meet(make_counsellor(morning_hour=None), SEVEN.replace(hour=8))
    tick(SEVEN)
    mail = message_of(row())
    assert mail.subject == "Your day"
    assert lines() == [
        "3 appointments today, the first at 09:00.",
        "1 request waits for an answer.",
    ]
    assert assert_neutral(mail.subject + mail.body) == []
    assert "Okapi" not in mail.body
    assert "Quellwasser" not in mail.body
    assert address_of(row()) == ada.user.email


def test_the_time_is_the_counsellors(ada, tick):
    ada.time_zone = "Asia/Kolkata"
    ada.save()
    seven = SEVEN - timedelta(hours=5, minutes=30)
    meet(ada, seven + 3 * HOUR)
    assert tick(seven) == ["2030-01-07"]
    assert lines() == ["1 appointment today, at 10:00."]


def test_changes_since_yesterday_stand_there_for_who_is_not_told_of_them(ada, clock, tick):
    booked = [meet(ada, SEVEN + timedelta(days=day)) for day in (3, 4, 5)]
    clock.move_to(SEVEN - 2 * HOUR)
    meet(ada, SEVEN + timedelta(days=6), idempotency_key="k" * 32)
    consultation_cancel(consultation=booked[0], by="client")
    consultation_cancel(consultation=booked[1], by="client")
    consultation_undo(consultation=booked[1], by="client")
    consultation_cancel(consultation=booked[2], by="counsellor")
    assert tick(SEVEN) == ["2030-01-07"]
    assert lines() == [
        "No appointment today.",
        "2 were booked, moved or cancelled since yesterday morning.",
    ]


@pytest.mark.parametrize("news", ["all", "none"])
def test_who_is_told_otherwise_or_not_at_all_has_no_list_of_changes(ada, clock, tick, news):
    ada.change_news = news
    ada.save()
    booked = meet(ada, SEVEN + timedelta(days=3))
    clock.move_to(SEVEN - 2 * HOUR)
    consultation_cancel(consultation=booked, by="client")
    assert tick(SEVEN) == []


# --- When it comes --------------------------------------------------------------------------


def test_it_goes_at_its_hour_and_once(ada, tick, mailoutbox):
    meet(ada, SEVEN.replace(hour=9))
    assert tick(SEVEN - 11 * MINUTE) == []
    assert tick(SEVEN - 10 * MINUTE) == ["2030-01-07"]
    send_due()
    assert mailoutbox == []
    for minutes in range(0, 200, 20):
        tick(SEVEN + minutes * MINUTE)
        send_due()
    assert [mail.to for mail in mailoutbox] == [[ada.user.email]]


def test_a_day_with_nothing_has_none(ada, tick):
    meet(ada, SEVEN + timedelta(days=1))
    meet(ada, SEVEN + HOUR, status="cancelled_by_client")
    assert tick(SEVEN) == []


def test_a_request_alone_brings_one(ada, tick):
    meet(ada, SEVEN + timedelta(days=9), status="pending")
    assert tick(SEVEN) == ["2030-01-07"]
    assert lines() == ["No appointment today.", "1 request waits for an answer."]


@pytest.mark.parametrize(("late", "days"), [(3 * HOUR, ["2030-01-07"]), (3 * HOUR + MINUTE, [])])
def test_after_an_outage_it_comes_within_three_hours(ada, tick, late, days, mailoutbox):
    meet(ada, SEVEN.replace(hour=17))
    assert tick(SEVEN + late) == days
    send_due()
    assert len(mailoutbox) == len(days)


def test_what_comes_up_after_its_hour_is_for_the_next_day(ada, clock, tick):
    assert tick(SEVEN - MINUTE) == []
    clock.move_to(SEVEN + HOUR)
    meet(ada, SEVEN + timedelta(days=9), status="pending")
    assert tick(SEVEN + HOUR + MINUTE) == []
    assert tick(SEVEN + timedelta(days=1)) == ["2030-01-08"]


def test_what_is_gone_by_then_is_not_sent(ada, tick, mailoutbox):
    meet(ada, SEVEN.replace(hour=9))
    tick(SEVEN - MINUTE)
    Consultation.objects.update(status="cancelled_by_counsellor")
    tick(SEVEN)
    send_due()
    assert (row().state, row().reason) == (State.SKIPPED, "nothing is on that day")
    assert mailoutbox == []


def test_who_chose_no_hour_has_none(ada, tick):
    ada.morning_hour = None
    ada.save()
    meet(ada, SEVEN.replace(hour=9))
    assert tick(SEVEN) == []


def test_turned_off_while_it_waits_it_is_not_sent(ada, tick, mailoutbox):
    meet(ada, SEVEN.replace(hour=9))
    tick(SEVEN - MINUTE)
    ada.morning_hour = None
    ada.save()
    tick(SEVEN)
    send_due()
    assert row().reason == "the list of the day is switched off"


def test_who_has_left_has_none(ada, tick):
    ada.user.is_active = False
    ada.user.save()
    meet(ada, SEVEN.replace(hour=9))
    assert tick(SEVEN) == []


def test_another_clock_takes_the_list_along(ada, tick):
    meet(ada, SEVEN.replace(hour=12))
    tick(SEVEN - MINUTE)
    counsellor_move_zone(counsellor=ada, time_zone="America/New_York")
    assert row().due_at == SEVEN + 5 * HOUR


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Europe/London", date(2030, 3, 31)),
        ("Europe/London", date(2030, 10, 27)),
        ("America/New_York", date(2030, 3, 10)),
        ("Australia/Lord_Howe", date(2030, 4, 7)),
        ("Asia/Kolkata", date(2030, 3, 31)),
        ("Europe/London", date(2032, 2, 29)),
    ],
)
@pytest.mark.parametrize("hour", [0, 2, 7, 23])
def test_each_day_has_its_hour_once(ada, tick, zone, day, hour):
    ada.time_zone, ada.morning_hour = zone, hour
    ada.save()
    due_at, _latest = window(day, ada)
    shown = due_at.astimezone(ZoneInfo(zone))
    assert shown.date() == day
    # Two in the morning is skipped on one of them.
    assert (shown.hour, shown.minute) in {(hour, 0), (3, 0), (2, 30)}
    noon = datetime.combine(day, datetime.min.time(), ZoneInfo(zone)).replace(hour=12)
    meet(ada, noon.astimezone(UTC))
    assert tick(due_at - 11 * MINUTE) == []
    for minutes in (-10, 0, 60, 180):
        tick(due_at + minutes * MINUTE)
    assert row().due_at == due_at


def test_a_tick_in_nobodys_hour_costs_one_query(ada, clock, django_assert_num_queries):
    for _number in range(3):
        meet(make_counsellor(), SEVEN.replace(hour=9))
    with django_assert_num_queries(1):
        morning_lists_plan(SEVEN - 2 * HOUR)


def test_in_an_hour_it_asks_the_same_for_however_many(ada, django_assert_num_queries):
    idle = [make_counsellor() for _number in range(5)]
    assert idle
    with django_assert_num_queries(6):
        morning_lists_plan(SEVEN)
