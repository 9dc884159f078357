"""One message a day, whatever is open: which it is, and in which words."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from clients.services import homework_pause, homework_resume
from counsel.reminders.models import Reminder
from counsel.reminders.registry import get_kind
from counsel.reminders.words import assert_neutral
from exercises.digest import Form, Part, form_of, read
from exercises.planning import KIND, practice_plan
from exercises.services.practising import entry_begin, entry_share, entry_submit
from exercises.services.replies import replies_mark_read, reply_write
from tests.exercises.measuring import make_measure
from tests.exercises.ticks import homework_tick
from tests.factories import make_assignment, make_entry, make_version
from tests.letters import message_of

# 10:00 on Monday, 7 January 2030, in India; the message's hour is 18:00, 12:30 UTC.
MONDAY = datetime(2030, 1, 7, 4, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
LONG_AGO = MONDAY - 60 * DAY
travel = partial(time_machine.travel, tick=False)


@pytest.fixture
def clock():
    with travel(MONDAY) as clock:
        yield clock


def at(clock, now):
    clock.move_to(now, tick=False)
    homework_tick(now)


def give(person, version=None, **fields):
    """Wanted daily since long ago, so nothing new."""
    given = {"starts_on": date(2029, 11, 1), "created_at": LONG_AGO, **fields}
    return make_assignment(client=person, version=version or make_version(), **given)


def give_new(person):
    """Wanted on Saturdays alone, without reminders."""
    rhythm = {"rhythm": "weekdays", "weekdays": "5", "reminders": False}
    return make_assignment(client=person, starts_on=date(2030, 1, 1), **rhythm)


def give_measure(person):
    return give(person, make_measure("who-5"), rhythm="once")


def give_words(person, **fields):
    entry = make_entry(client=person, sharing="shared", happened_at=timezone.now() - DAY)
    return reply_write(entry=entry, author=person.counsellor, text="Thank you for telling me.")


def rows():
    practice_plan(timezone.now())
    found = Reminder.objects.filter(state="queued").order_by("due_at")
    return [(row.occurrence, f"{row.due_at:%d %H:%M}", row.about) for row in found]


TODAY, TOMORROW = ("2030-01-07", "07 12:30"), ("2030-01-08", "08 12:30")
THINGS = {
    "practice": give,
    "measure": give_measure,
    "news": give_new,
    "reply": give_words,
}


@pytest.mark.parametrize("name", THINGS)
def test_each_thing_alone_is_told_of_at_the_clients_hour(ravi, clock, name):
    THINGS[name](ravi)
    assert rows()[0] == (*TODAY, name)


@pytest.mark.parametrize("asks", ["practice", "measure"])
def test_what_asks_does_so_every_day(ravi, clock, asks):
    THINGS[asks](ravi)
    assert rows()[1:] == [(*TOMORROW, asks)]


@pytest.mark.parametrize("told", ["news", "reply"])
def test_what_somebody_else_did_is_told_of_once(ravi, clock, told):
    THINGS[told](ravi)
    assert len(rows()) == 1
    at(clock, MONDAY + 8 * HOUR)
    assert rows() == []


def test_all_that_is_open_stands_in_one_message(ravi, clock, mailoutbox):
    for make in THINGS.values():
        make(ravi)
    assert rows() == [(*TODAY, "reply news measure practice"), (*TOMORROW, "measure practice")]
    for hour in range(14):
        at(clock, MONDAY + hour * HOUR)
    assert [mail.subject for mail in mailoutbox] == ["A few small things for you"]


def test_it_speaks_of_what_is_still_open(ravi, clock):
    todo = give(ravi)
    give_measure(ravi)
    assert rows()[0] == (*TODAY, "measure practice")
    entry = entry_begin(client=ravi, version=todo.version, assignment=todo)
    entry_submit(entry=entry, sharing="private")
    assert rows()[0] == (*TODAY, "measure")


def test_the_database_refuses_a_second_one_on_that_day(ravi, clock):
    give(ravi)
    practice_plan(MONDAY)
    row = Reminder.objects.get(occurrence="2030-01-07")
    row.pk, row.about = None, "reply"
    row._state.adding = True
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


@pytest.mark.parametrize(
    ("parts", "subject"),
    [
        ("practice", "A small reminder"),
        ("measure", "A few questions for you"),
        ("news", "There is something new for you"),
        ("reply", "There are a few words for you"),
        ("reply news practice", "A few small things for you"),
        ("practice gently", "Whenever you like"),
        ("last", "We leave you in peace for now"),
    ],
)
def test_each_form_has_its_words_and_gives_nothing_away(ravi, settings, parts, subject):
    settings.BASE_URL = "https://portal.example.org"
    row = Reminder(kind=KIND, person=f"client:{ravi.pk}", subject=f"practice:{ravi.pk}")
    row.about = parts
    message = message_of(row)
    assert message.subject == subject
    assert message.link == "https://portal.example.org/my/"
    assert "https://portal.example.org/my/\n" in message.body
    assert "https://portal.example.org/my/settings/messages/\n" in message.body
    text = f"{message.subject}\n{message.body}"
    assert assert_neutral(text) == []
    for hidden in (ravi.name, ravi.counsellor.display_name, "you missed", "didn't"):
        assert hidden not in text


def test_every_form_is_tried_above():
    tried = ["practice", "measure", "news", "reply", "reply news", "practice gently", "last"]
    assert {form_of(read(parts)) for parts in tried} == set(Form)


def test_the_ledger_knows_each_part_by_a_name():
    assert set(get_kind(KIND).parts) == {part.value for part in Part}


class TestWordsOfTheCounsellor:
    def test_before_the_hour_they_are_in_todays_message(self, ravi, clock, mailoutbox):
        give(ravi)
        clock.move_to(MONDAY + 7 * HOUR, tick=False)
        give_words(ravi)
        assert rows() == [(*TODAY, "reply practice"), (*TOMORROW, "practice")]

    def test_after_it_they_are_told_of_at_once_where_there_was_no_message(self, ravi, clock):
        clock.move_to(MONDAY + 9 * HOUR, tick=False)
        give_words(ravi)
        assert rows() == [("2030-01-07", "07 13:30", "reply")]

    def test_in_the_quiet_hours_they_wait_for_the_next_days_hour(self, ravi, clock):
        # 21:30 there.
        clock.move_to(MONDAY + 11.5 * HOUR, tick=False)
        give_words(ravi)
        assert rows() == [(*TOMORROW, "reply")]

    def test_after_the_days_message_they_wait_for_the_next(self, ravi, clock, mailoutbox):
        give(ravi)
        at(clock, MONDAY)
        at(clock, MONDAY + 8 * HOUR)
        clock.move_to(MONDAY + 9 * HOUR, tick=False)
        give_words(ravi)
        assert rows() == [(*TOMORROW, "reply practice")]
        at(clock, MONDAY + 10 * HOUR)
        assert len(mailoutbox) == 1

    def test_two_on_one_evening_are_two_days_matter(self, ravi, clock, mailoutbox):
        for hours in (9, 10):
            clock.move_to(MONDAY + hours * HOUR, tick=False)
            give_words(ravi)
            at(clock, MONDAY + hours * HOUR)
        assert len(mailoutbox) == 1
        assert rows() == [(*TOMORROW, "reply")]

    def test_practice_is_not_asked_for_outside_its_hour(self, ravi, clock):
        give(ravi)
        clock.move_to(MONDAY + 9 * HOUR, tick=False)
        give_words(ravi)
        # Nothing went out at 18:00, and that is not made up for.
        assert rows()[0] == ("2030-01-07", "07 13:30", "reply")

    def test_they_go_no_later_than_the_quiet_hours_begin(self, ravi, clock):
        clock.move_to(MONDAY + 10 * HOUR, tick=False)
        give_words(ravi)
        row = Reminder.objects.get()
        assert f"{row.not_after:%d %H:%M:%S}" == "07 15:29:59"

    @pytest.mark.parametrize("hours", [1, 9])
    def test_read_meanwhile_nothing_is_sent(self, ravi, clock, mailoutbox, hours):
        clock.move_to(MONDAY + hours * HOUR, tick=False)
        reply = give_words(ravi)
        assert len(rows()) == 1
        replies_mark_read(entry=reply.entry)
        assert Reminder.objects.get().state == "cancelled"
        at(clock, MONDAY + 9 * HOUR)
        assert mailoutbox == []

    def test_read_while_it_is_being_sent_nothing_is_sent(self, ravi, clock):
        reply = give_words(ravi)
        row = Reminder.objects.get()
        reply.read_at = timezone.now()
        reply.save()
        assert get_kind(KIND).still_wanted(row, MONDAY + 8 * HOUR) is not None

    def test_they_are_not_told_of_twice(self, ravi, clock, mailoutbox):
        give_words(ravi)
        for hours in range(0, 72):
            at(clock, MONDAY + hours * HOUR)
        assert len(mailoutbox) == 1

    def test_words_to_what_was_taken_back_are_told_of_as_the_home_shows_them(self, ravi, clock):
        reply = give_words(ravi)
        entry_share(entry=reply.entry, sharing="private")
        assert rows() == [(*TODAY, "reply")]

    @pytest.mark.parametrize(
        "unreachable",
        [{"status": "paused"}, {"status": "ended"}, {"reminder_hour": None}, {"user": None}],
    )
    def test_nobody_is_told_who_wants_no_messages(self, ravi, clock, unreachable):
        type(ravi).objects.filter(pk=ravi.pk).update(**unreachable)
        give_words(ravi)
        assert rows() == []


class TestAPause:
    def test_nothing_comes_before_its_end(self, ravi, clock, mailoutbox):
        for make in THINGS.values():
            make(ravi)
        practice_plan(MONDAY)
        homework_pause(client=ravi, until=date(2030, 1, 10))
        assert rows() == []
        for hours in range(0, 48, 2):
            at(clock, MONDAY + hours * HOUR)
        assert mailoutbox == []
        # What came meanwhile is told of then.
        clock.move_to(MONDAY + 3 * DAY, tick=False)
        assert rows()[0] == ("2030-01-10", "10 12:30", "reply news measure practice")

    def test_one_that_begins_while_it_is_being_sent_stops_it(self, ravi, clock):
        give(ravi)
        practice_plan(MONDAY)
        row = Reminder.objects.get(occurrence="2030-01-07")
        type(ravi).objects.filter(pk=ravi.pk).update(homework_paused_until=date(2030, 1, 9))
        assert get_kind(KIND).still_wanted(row, MONDAY + 8 * HOUR).reason == (
            "reminders rest for a while"
        )

    def test_ended_early_they_come_again(self, ravi, clock):
        give(ravi)
        homework_pause(client=ravi, until=date(2030, 1, 20))
        assert rows() == []
        homework_resume(client=ravi)
        assert rows() == [(*TODAY, "practice"), (*TOMORROW, "practice")]


def test_it_goes_by_each_way_that_the_client_chose(ravi, clock, monkeypatch):
    monkeypatch.setattr("clients.reach.available_channels", lambda: ["email", "sms", "push"])
    ways = {"sms_wording": "plain", "push_wording": "neutral"}
    type(ravi).objects.filter(pk=ravi.pk).update(**ways)
    give(ravi, ends_on=date(2030, 1, 7))
    practice_plan(MONDAY)
    assert sorted(Reminder.objects.values_list("channel", flat=True)) == ["email", "push"]
    type(ravi).objects.filter(pk=ravi.pk).update(push_wording="none")
    practice_plan(MONDAY)
    assert Reminder.objects.get(state="queued").channel == "email"
