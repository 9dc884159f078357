from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from clients.models import Client
from counsel.reminders.models import Reminder
from exercises.models import Rhythm
from exercises.planning import practice_plan, subject_of
from exercises.services.assigning import assignment_create, assignment_withdraw
from exercises.services.declining import entry_could_not
from exercises.services.practising import entry_begin, entry_submit
from exercises.telling import window
from tests.factories import (
    make_assignment,
    make_client,
    make_counsellor,
    make_entry,
    make_portal_client,
    make_version,
)

# 10:00 on Monday, 7 January 2030, in India.
MONDAY = datetime(2030, 1, 7, 4, 30, tzinfo=UTC)
LONG_AGO = MONDAY - timedelta(days=60)
KOLKATA = ZoneInfo("Asia/Kolkata")


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(MONDAY, tick=False) as clock:
        yield clock


def plan() -> list[tuple[str, str]]:
    """What waits after planning: (occurrence, the client's wall clock)."""
    practice_plan(timezone.now())
    return waiting()


def waiting() -> list[tuple[str, str]]:
    rows = Reminder.objects.filter(state="queued").order_by("due_at")
    return [(row.occurrence, f"{row.due_at.astimezone(KOLKATA):%d %H:%M}") for row in rows]


def states() -> dict[str, str]:
    return dict(Reminder.objects.values_list("occurrence", "state"))


BOTH_DAYS = [("2030-01-07", "07 18:00"), ("2030-01-08", "08 18:00")]


def test_it_plans_today_and_tomorrow_at_the_clients_hour(assignment):
    assert plan() == BOTH_DAYS
    reminder = Reminder.objects.first()
    assert reminder.subject == subject_of(assignment.client.pk)
    assert reminder.person == f"client:{assignment.client.pk}"
    assert reminder.counsellor == assignment.client.counsellor
    assert reminder.not_after == reminder.due_at + timedelta(hours=3)


def test_it_plans_the_same_once(assignment):
    plan()
    before = list(Reminder.objects.order_by("pk").values())
    assert plan() == BOTH_DAYS
    assert list(Reminder.objects.order_by("pk").values()) == before


def test_it_plans_one_a_day_however_much_is_assigned(ravi, assignment):
    make_assignment(client=ravi, rhythm=Rhythm.ONCE, starts_on=date(2030, 1, 1))
    assert plan() == BOTH_DAYS


@pytest.mark.parametrize(
    ("rhythm", "days"),
    [
        ({"rhythm": "weekdays", "weekdays": "1"}, ["2030-01-08"]),
        ({"rhythm": "weekdays", "weekdays": "3"}, []),
        ({"rhythm": "times_a_week", "times_a_week": 2}, ["2030-01-07", "2030-01-08"]),
        ({"rhythm": "once"}, ["2030-01-07", "2030-01-08"]),
        ({"rhythm": "daily", "ends_on": date(2030, 1, 7)}, ["2030-01-07"]),
        ({"rhythm": "daily", "starts_on": date(2030, 1, 8)}, ["2030-01-08"]),
        ({"rhythm": "daily", "ends_on": date(2030, 1, 6)}, []),
        ({"rhythm": "daily", "reminders": False}, []),
        ({"rhythm": "daily", "status": "withdrawn", "withdrawn_on": date(2026, 6, 1)}, []),
    ],
)
def test_it_follows_the_rhythm(ravi, version, rhythm, days):
    given = {"starts_on": date(2030, 1, 1), "created_at": LONG_AGO, **rhythm}
    make_assignment(client=ravi, version=version, **given)
    assert [day for day, _ in plan()] == days


def test_it_asks_no_more_this_week_once_the_week_is_met(ravi, version):
    twice = make_assignment(
        client=ravi, version=version, rhythm="times_a_week", times_a_week=1, starts_on="2029-01-01"
    )
    make_entry(assignment=twice, happened_at=MONDAY - timedelta(hours=2))
    assert plan() == []


def test_it_never_asks_again_for_what_was_wanted_once(ravi, version):
    once = make_assignment(client=ravi, version=version, rhythm="once", starts_on="2029-01-01")
    make_entry(assignment=once, happened_at=MONDAY - timedelta(days=200))
    assert plan() == []


@pytest.mark.parametrize(
    "unreachable",
    [{"status": "paused"}, {"status": "ended"}, {"reminder_hour": None}, {"user": None}],
)
def test_it_withdraws_when_nobody_is_to_be_reminded(assignment, unreachable):
    plan()
    type(assignment.client).objects.filter(pk=assignment.client.pk).update(**unreachable)
    assert plan() == []
    assert set(states().values()) == {"cancelled"}


def test_it_withdraws_for_somebody_who_may_not_sign_in(assignment):
    plan()
    assignment.client.user.is_active = False
    assignment.client.user.save()
    assert plan() == []


def test_it_plans_nothing_for_a_client_who_never_came(version):
    make_assignment(client=make_client(), version=version, starts_on=date(2030, 1, 1))
    assert plan() == []


def change_hour(client_record, hour):
    type(client_record).objects.filter(pk=client_record.pk).update(reminder_hour=hour)


def test_it_moves_what_waits_when_the_hour_changes(assignment):
    plan()
    change_hour(assignment.client, 20)
    assert plan() == [("2030-01-07", "07 20:00"), ("2030-01-08", "08 20:00")]
    assert Reminder.objects.count() == 2


def test_it_does_not_make_up_for_an_hour_that_has_passed(assignment):
    change_hour(assignment.client, 9)
    assert plan() == [("2030-01-08", "08 09:00")]


def test_it_withdraws_todays_when_it_moves_to_an_hour_that_has_passed(assignment):
    plan()
    change_hour(assignment.client, 9)
    assert plan() == [("2030-01-08", "08 09:00")]
    assert states()["2030-01-07"] == "cancelled"


def test_it_leaves_alone_what_is_due_and_about_to_be_sent(assignment, monday):
    plan()
    monday.move_to(MONDAY + timedelta(hours=8, minutes=30))
    assert ("2030-01-07", "07 18:00") in plan()


def test_it_sends_no_second_one_when_the_hour_changes_after_the_first(assignment):
    plan()
    Reminder.objects.filter(occurrence="2030-01-07").update(
        state="sent", handed_over_at=MONDAY, finished_at=MONDAY
    )
    change_hour(assignment.client, 22)
    assert plan() == [("2030-01-08", "08 22:00")]
    assert states()["2030-01-07"] == "sent"


def test_it_lets_a_withdrawn_one_wait_again(assignment):
    plan()
    change_hour(assignment.client, None)
    plan()
    change_hour(assignment.client, 18)
    assert plan() == BOTH_DAYS
    assert Reminder.objects.count() == 2


def test_assigning_and_taking_back_plan_at_once(ravi, version):
    created = assignment_create(
        client=ravi, version=version, rationale="x", rhythm="daily", starts_on=date(2030, 1, 7)
    )
    assert waiting() == BOTH_DAYS
    assignment_withdraw(assignment=created)
    assert waiting() == []


def test_practising_withdraws_todays_and_keeps_tomorrows(ravi):
    todo = make_assignment(client=ravi, starts_on=date(2030, 1, 1))
    plan()
    entry = entry_begin(client=ravi, version=todo.version, assignment=todo)
    assert waiting() == BOTH_DAYS
    entry_submit(entry=entry, sharing="private")
    assert waiting() == BOTH_DAYS[1:]


def test_saying_why_not_withdraws_todays_and_keeps_tomorrows(assignment):
    plan()
    entry_could_not(assignment=assignment, because="Travelling", sharing="private")
    assert waiting() == BOTH_DAYS[1:]
    assert plan() == BOTH_DAYS[1:]


def test_one_clients_change_touches_nobody_elses(assignment, mira, version):
    make_assignment(client=mira, version=version, starts_on=date(2030, 1, 1))
    change_hour(assignment.client, None)
    practice_plan(timezone.now(), client=assignment.client)
    assert not Reminder.objects.exists()
    practice_plan(timezone.now(), client=mira)
    assert Reminder.objects.filter(subject=subject_of(mira.pk), state="queued").count() == 2


@pytest.mark.parametrize(
    ("zone", "hour", "day", "due", "until"),
    [
        # No 02:xx on the day New York's clocks go forward, two on the day they go back.
        ("America/New_York", 2, date(2030, 3, 10), "03-10 07:00", "03-10 10:00"),
        ("America/New_York", 1, date(2030, 11, 3), "11-03 05:00", "11-03 08:00"),
        # Half an hour forward in Lord Howe: 02:00 is passed over, 02:30 comes instead.
        ("Australia/Lord_Howe", 2, date(2030, 10, 6), "10-05 15:30", "10-05 18:30"),
        ("Australia/Lord_Howe", 1, date(2030, 4, 7), "04-06 14:00", "04-06 17:00"),
        ("Asia/Kolkata", 18, date(2030, 1, 7), "01-07 12:30", "01-07 15:30"),
        # Never into the next day.
        ("Asia/Kolkata", 23, date(2030, 1, 7), "01-07 17:30", "01-07 18:29"),
        ("Europe/London", 22, date(2030, 1, 7), "01-07 22:00", "01-07 23:59"),
    ],
)
def test_it_is_due_at_the_wall_clocks_hour(zone, hour, day, due, until):
    there = Client(time_zone=zone, reminder_hour=hour)
    times = window(day, there)
    assert [f"{at:%m-%d %H:%M}" for at in times] == [due, until]


def test_a_day_the_zone_skips_has_no_hour():
    assert window(date(2011, 12, 30), Client(time_zone="Pacific/Apia", reminder_hour=18)) is None


def test_each_client_has_a_today_of_their_own(version):
    for zone in ("Pacific/Kiritimati", "Pacific/Niue"):
        person = make_portal_client(time_zone=zone, reminder_hour=20)
        make_assignment(client=person, version=version, starts_on=date(2030, 1, 1))
    practice_plan(timezone.now())
    days = {row.subject: row.occurrence for row in Reminder.objects.order_by("-occurrence")}
    assert sorted(days.values()) == ["2030-01-06", "2030-01-07"]


def make_practising(count):
    counsellor, version = make_counsellor(), make_version()
    for _ in range(count):
        person = make_portal_client(counsellor=counsellor, time_zone="Asia/Kolkata")
        todo = make_assignment(client=person, version=version, starts_on=date(2030, 1, 1))
        make_entry(assignment=todo, happened_at=MONDAY - timedelta(days=1))


@pytest.mark.parametrize("count", [1, 50])
def test_it_reads_with_the_same_few_queries(count, db, django_assert_num_queries):
    make_practising(count)
    practice_plan(timezone.now())
    with django_assert_num_queries(6):
        practice_plan(timezone.now())
    assert Reminder.objects.filter(state="queued").count() == 2 * count
