"""Which reminders stand in the ledger, as clients and the practice choose."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from clients.services import (
    MessageChoices,
    client_settings_change,
    invitation_accept,
    invitation_send,
    messages_choose,
)
from clients.services.people import ClientSettings
from counsel.accounts.practice import Practice
from counsel.accounts.settled import follow
from counsel.reminders.models import Channel, Reminder, State
from sessions.planning import GRACE
from sessions.series.asked import Asked
from sessions.services import (
    consultation_book,
    consultation_cancel,
    consultation_reschedule,
    consultation_undo,
    consultations_swap,
    series_book,
)
from tests.factories import make_client, make_portal_client, make_service

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 1, 3, 9, tzinfo=UTC)
START = datetime(2030, 1, 10, 14, tzinfo=UTC)
HOUR, DAY = 60, 24 * 60


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def channels(monkeypatch):
    monkeypatch.setattr("clients.reach.available_channels", lambda: tuple(Channel))


@pytest.fixture
def anna():
    return make_portal_client(name="Anna")


def book(client, starts_at=START):
    service = make_service(counsellor=client.counsellor)
    return consultation_book(service=service, client=client, starts_at=starts_at)


def decide(**fields):
    row, _created = Practice.objects.update_or_create(pk=1, defaults=fields)
    follow(row, timezone.now())


def choose(client, offsets):
    wordings = {f"{channel}_wording": client.wording_on(channel) for channel in Channel}
    messages_choose(client=client, choices=MessageChoices(**wordings, reminder_offsets=offsets))


def waiting(**filters):
    """Minutes before the start and the channel, the earliest first."""
    rows = Reminder.objects.filter(kind="consultation_reminder", state=State.QUEUED, **filters)
    return list(rows.order_by("due_at", "channel").values_list("offset_minutes", "channel"))


def dues(**filters):
    rows = Reminder.objects.filter(kind="consultation_reminder", state=State.QUEUED, **filters)
    return list(rows.order_by("due_at").values_list("due_at", flat=True))


# --- As it is planned -----------------------------------------------------------------------


def test_there_is_one_for_each_lead_and_channel(anna):
    anna.sms_wording = "neutral"
    anna.reminder_offsets = [2 * HOUR, DAY]
    anna.save()
    book(anna)
    assert waiting() == [(-DAY, "email"), (-DAY, "sms"), (-2 * HOUR, "email"), (-2 * HOUR, "sms")]
    assert dues(channel="sms") == [START - timedelta(days=1), START - timedelta(hours=2)]


def test_who_chose_nothing_is_reminded_as_the_practice_does(anna):
    decide(reminder_offsets=[2 * DAY, HOUR])
    book(anna)
    assert waiting() == [(-2 * DAY, "email"), (-HOUR, "email")]


def test_who_chose_none_is_not_reminded(anna):
    anna.reminder_offsets = []
    anna.save()
    book(anna)
    assert waiting() == []


def test_what_would_have_been_due_before_the_booking_is_not_made_up_for(anna, clock):
    anna.reminder_offsets = [2 * DAY, DAY, 2 * HOUR]
    anna.save()
    clock.move_to(START - timedelta(days=1))
    book(anna)
    assert waiting() == [(-2 * HOUR, "email")]


def test_one_at_night_waits_for_the_clients_own_morning(anna):
    anna.time_zone = "America/New_York"
    anna.save()
    book(anna)
    book(anna, datetime(2030, 1, 11, 7, tzinfo=UTC))
    # 9:00 in New York stays; 2:00 waits for 8:00 on the day before.
    assert dues() == [START - timedelta(days=1), datetime(2030, 1, 10, 13, tzinfo=UTC)]


def test_of_two_in_one_night_the_nearest_goes(anna):
    anna.reminder_offsets = [4 * HOUR, 3 * HOUR]
    anna.save()
    book(anna, datetime(2030, 1, 10, 11, tzinfo=UTC))
    assert waiting() == [(-3 * HOUR, "email")]


def test_a_series_has_those_of_each_date_for_the_same_few_queries(
    anna, django_assert_max_num_queries
):
    anna.reminder_offsets = [DAY, 2 * HOUR]
    anna.save()
    service = make_service(counsellor=anna.counsellor)

    def booked(first_day, count):
        return series_book(asked=Asked(service, anna, "weekly", first_day, time(10), count=count))

    booked(date(2030, 1, 8), 2)
    assert len(waiting()) == 4
    many = 20
    # Two for each date, to write it and to look at what else is then.
    with django_assert_max_num_queries(20 + many * 2):
        booked(date(2030, 6, 5), many)
    assert len(waiting()) == 4 + 2 * many


# --- When something is chosen anew ----------------------------------------------------------


def test_a_client_who_chooses_others_is_reminded_by_those(anna):
    book(anna)
    choose(anna, [2 * DAY, DAY])
    assert waiting() == [(-2 * DAY, "email"), (-DAY, "email")]
    choose(anna, [2 * HOUR])
    assert waiting() == [(-2 * HOUR, "email")]
    choose(anna, None)
    assert waiting() == [(-DAY, "email")]
    choose(anna, [])
    assert waiting() == []
    withdrawn = Reminder.objects.filter(kind="consultation_reminder", state=State.CANCELLED)
    assert {row.reason for row in withdrawn} == {"not wanted any more"}


def test_nothing_old_comes_of_a_choice(anna, clock):
    book(anna)
    clock.move_to(START - timedelta(hours=23))
    Reminder.objects.filter(kind="consultation_reminder").update(
        state=State.SENT, finished_at=timezone.now()
    )
    choose(anna, [2 * DAY, DAY, 3 * HOUR])
    assert waiting() == [(-3 * HOUR, "email")]


def test_what_is_due_already_stays_with_the_dispatcher(anna, clock):
    book(anna)
    clock.move_to(START - timedelta(hours=20))
    (before,) = dues()
    choose(anna, [DAY, 2 * HOUR])
    assert dues() == [before, START - timedelta(hours=2)]
    choose(anna, [2 * HOUR])
    assert dues() == [START - timedelta(hours=2)]


def test_only_the_clients_own_is_touched(anna):
    ben = make_client(counsellor=anna.counsellor)
    book(anna)
    book(ben, START + timedelta(days=1))
    choose(anna, [])
    assert waiting(person=f"client:{ben.pk}") == [(-DAY, "email")]
    assert waiting() == [(-DAY, "email")]


def test_a_channel_that_is_turned_off_has_none(anna):
    anna.sms_wording = "neutral"
    anna.save()
    book(anna)
    assert waiting() == [(-DAY, "email"), (-DAY, "sms")]
    anna.sms_wording = "none"
    choose(anna, None)
    assert waiting() == [(-DAY, "email")]


def test_what_the_practice_decides_moves_those_of_everybody_without_a_choice(anna):
    ben = make_client(counsellor=anna.counsellor, reminder_offsets=[3 * HOUR])
    book(anna)
    book(ben, START + timedelta(days=1))
    decide(reminder_offsets=[2 * DAY])
    assert waiting(person=f"client:{anna.pk}") == [(-2 * DAY, "email")]
    assert waiting(person=f"client:{ben.pk}") == [(-3 * HOUR, "email")]


def test_other_quiet_hours_move_what_waits(anna):
    book(anna)
    decide(quiet_from=12, quiet_until=16)
    assert dues() == [datetime(2030, 1, 9, 16, tzinfo=UTC)]
    decide(quiet_from=0, quiet_until=0)
    assert dues() == [START - timedelta(days=1)]


def test_another_clock_of_the_client_moves_what_waits(anna):
    """Also that with another counsellor: a person has one clock."""
    book(anna)
    book(make_client(user=anna.user), START)
    own = {field: getattr(anna, field) for field in ClientSettings.__dataclass_fields__}
    client_settings_change(
        client=anna, settings=replace(ClientSettings(**own), time_zone="Pacific/Auckland")
    )
    # 3:00 there: it waits for eight in the morning.
    assert dues() == [datetime(2030, 1, 9, 19, tzinfo=UTC)] * 2


def test_the_clock_a_client_brings_along_moves_what_waits(anna):
    ben = make_client(counsellor=anna.counsellor)
    book(ben)
    invitation_accept(invitation=invitation_send(client=ben), time_zone="Pacific/Auckland")
    assert dues() == [datetime(2030, 1, 9, 19, tzinfo=UTC)]


def test_so_does_one_that_the_counsellor_writes_down(client, anna):
    ben = make_client(counsellor=anna.counsellor, name="Ben")
    book(ben)
    client.force_login(anna.counsellor.user)
    form = {**{name: getattr(ben, name) for name in ("name", "email", "status", "language")}}
    page = reverse("admin:clients_client_change", args=[ben.pk])
    client.post(page, {**form, "time_zone": "Pacific/Auckland"})
    assert dues() == [datetime(2030, 1, 9, 19, tzinfo=UTC)]


def test_one_that_is_only_asked_for_or_over_is_left_alone(anna, clock):
    gone = book(anna, NOW + timedelta(days=2))
    kept = book(anna)
    consultation_cancel(consultation=gone, by="counsellor")
    clock.move_to(START + timedelta(hours=1))
    rows = Reminder.objects.filter(kind="consultation_reminder")
    before = sorted(rows.values_list("pk", "state"))
    choose(anna, [2 * DAY])
    assert sorted(rows.values_list("pk", "state")) == before
    assert kept.status == "confirmed"


def test_just_after_a_change_none_is_due_before_the_news_of_it(anna, clock):
    moved = book(anna)
    clock.move_to(START - timedelta(hours=22) - timedelta(minutes=1))
    later = START + timedelta(hours=2)
    consultation_reschedule(consultation=moved, starts_at=later)
    assert later - timedelta(days=1) < timezone.now() + GRACE
    choose(anna, [DAY])
    assert waiting() == []


def test_however_many_there_are_it_asks_the_same(anna, django_assert_num_queries):
    for number in range(3):
        book(anna, START + timedelta(days=number))
    row = Practice.objects.create(reminder_offsets=[DAY, HOUR])
    with django_assert_num_queries(5):
        follow(row, NOW)
    for number in range(3, 12):
        book(anna, START + timedelta(days=number))
    row.reminder_offsets = [DAY, HOUR, 2 * HOUR]
    with django_assert_num_queries(5):
        follow(row, NOW)
    assert len(waiting()) == 36


# --- With what else changes a consultation --------------------------------------------------


def test_moved_it_has_those_of_its_new_time(anna):
    anna.reminder_offsets = [DAY, 2 * HOUR]
    anna.save()
    booked = book(anna)
    later = START + timedelta(days=1)
    consultation_reschedule(consultation=booked, starts_at=later)
    assert dues() == [later - timedelta(days=1), later - timedelta(hours=2)]
    consultation_undo(consultation=booked, by="counsellor")
    assert dues() == [START - timedelta(days=1), START - timedelta(hours=2)]


def test_two_that_are_exchanged_have_those_of_each_others_time(anna):
    ben = make_client(counsellor=anna.counsellor, reminder_offsets=[HOUR])
    first, second = book(anna), book(ben, START + timedelta(days=2))
    consultations_swap(first=first, second=second)
    assert dues(person=f"client:{anna.pk}") == [START + timedelta(days=1)]
    assert dues(person=f"client:{ben.pk}") == [START - timedelta(hours=1)]


def test_what_is_put_back_has_those_that_are_wanted_by_now(anna):
    booked = book(anna)
    consultation_cancel(consultation=booked, by="counsellor")
    choose(anna, [2 * HOUR])
    assert waiting() == []
    consultation_undo(consultation=booked, by="counsellor")
    assert waiting() == [(-2 * HOUR, "email")]


def test_put_back_after_a_choice_was_taken_back_it_is_as_before(anna):
    booked = book(anna)
    choose(anna, [2 * HOUR])
    consultation_cancel(consultation=booked, by="counsellor")
    choose(anna, None)
    consultation_undo(consultation=booked, by="counsellor")
    assert waiting() == [(-DAY, "email")]
