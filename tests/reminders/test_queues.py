"""A provider that refuses our account holds its own channel, and no other."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from counsel.reminders import carriers, writing
from counsel.reminders.carriers.base import Refusal, Verdict
from counsel.reminders.dispatch import Counts, send_due
from counsel.reminders.models import Channel, Queue, Reminder, State
from counsel.reminders.queues import FIRST_HOLD, LONGEST_HOLD, queue_release, wait_after
from tests.reminders.conftest import ended

MINUTE = timedelta(minutes=1)


class Push:
    """Carries to nowhere; each message meets the next of `answers`, then all goes well."""

    answers, sent = [], []

    def open(self):
        pass

    def pack(self, reminder, reach, message):
        return reminder.subject

    def send(self, parcel):
        if self.answers and (answer := self.answers.pop(0)):
            raise answer
        self.sent.append(parcel)

    def close(self):
        pass


@pytest.fixture
def push(monkeypatch):
    monkeypatch.setitem(carriers._CARRIERS, "push", Push)
    monkeypatch.setattr(writing, "available_channels", lambda: tuple(Channel))
    monkeypatch.setattr(Push, "answers", [])
    monkeypatch.setattr(Push, "sent", [])
    return Push


def no_account():
    return Refusal(Verdict.STOP, 403)


def queue():
    return Queue.objects.get(pk="push")


def test_a_held_channel_keeps_its_messages_and_lets_the_others_go(plan, push, clock, mailoutbox):
    push.answers += [no_account()]
    rows = [plan(number, channel="push") for number in range(3)]
    plan(9)

    assert send_due() == Counts(taken=4, sent=1, stopped=True)
    waits = "waits: the notification service refuses our account (403)"
    for row in rows:
        assert (*ended(row), row.attempts) == (State.QUEUED, waits, 0)
    assert (queue().held_code, queue().refusals, queue().last_sent_at) == (403, 1, None)
    assert queue().held_until - queue().held_since == FIRST_HOLD
    plan(10)
    clock.shift(14 * MINUTE)
    assert send_due() == Counts(taken=1, sent=1)
    assert push.sent == []


def test_it_is_tried_with_one_message_and_held_longer_each_time(plan, push, clock):
    push.answers += [no_account()] * 9
    rows = [plan(number, channel="push") for number in range(3)]
    waits = []
    for _ in range(6):
        send_due()
        waits.append((queue().held_until - timezone.now()) / MINUTE)
        clock.move_to(queue().held_until)

    assert waits == [15, 30, 60, 120, 120, 120]
    assert len(push.answers) == 3
    assert {(row.attempts, row.state) for row in Reminder.objects.all()} == {(0, State.QUEUED)}
    assert len(rows) == queue().refusals - 3


def test_one_that_goes_out_ends_the_hold(plan, push, clock):
    push.answers += [no_account()]
    for number in range(3):
        plan(number, channel="push")
    send_due()
    clock.shift(FIRST_HOLD)

    assert send_due() == Counts(taken=3, sent=3)
    assert (queue().held_since, queue().held_code, queue().refusals) == (None, 0, 0)
    assert queue().last_sent_at == timezone.now()


def test_what_is_not_wanted_is_no_trial(plan, push, clock):
    push.answers += [no_account()]
    for number in range(2):
        plan(number, channel="push", not_after=timezone.now() + FIRST_HOLD - MINUTE)
    plan(2, channel="push")
    send_due()
    clock.shift(FIRST_HOLD)

    assert send_due() == Counts(taken=3, skipped=2, sent=1)


def test_nothing_to_try_it_with_leaves_the_hold_as_it_is(plan, push, clock):
    push.answers += [no_account()]
    plan(channel="push")
    send_due()
    Reminder.objects.update(state=State.CANCELLED, finished_at=timezone.now())
    clock.shift(FIRST_HOLD)
    send_due()

    assert queue().held_until == timezone.now()


def test_somebody_can_release_it_at_once(plan, push, clock):
    push.answers += [no_account()]
    plan(channel="push")
    send_due()

    assert queue_release("push")
    assert not queue_release("push")
    assert send_due() == Counts(taken=1, sent=1)


def test_how_a_channel_fares_is_written_once_for_a_batch(plan, push, django_assert_max_num_queries):
    plan(channel="push")
    send_due()
    push.answers += [None, Refusal(Verdict.LATER, 500), Refusal(Verdict.LATER, 500), None]
    push.answers += [Refusal(Verdict.LATER, 500), Refusal(Verdict.FINAL, 410)]
    for number in range(1, 8):
        plan(number, channel="push")
    with django_assert_max_num_queries(99) as asked:
        send_due()

    assert len([q for q in asked if q["sql"].startswith('UPDATE "reminders_queue"')]) == 1
    assert (queue().refusals, queue().last_sent_at) == (0, queue().last_refused_at)


def test_it_waits_as_long_as_it_is_asked_to(plan, push, clock):
    push.answers += [Refusal(Verdict.LATER, 429, wait=timedelta(minutes=20))]
    row = plan(channel="push", due_at=timezone.now() - MINUTE)
    plan(1, channel="push")

    assert send_due() == Counts(taken=2, later=1, sent=1)
    assert ended(row)[1] == "not taken by the notification service (429)"
    assert row.try_at == timezone.now() + timedelta(minutes=20)


@pytest.mark.parametrize(("asked", "left", "waits"), [(600, 720, 60), (20, 12, 10), (20, 1, None)])
def test_it_never_waits_past_all_use(plan, push, clock, asked, left, waits):
    push.answers += [Refusal(Verdict.LATER, 429, wait=asked * MINUTE)]
    row = plan(channel="push", not_after=timezone.now() + left * MINUTE)
    send_due()
    row.refresh_from_db()

    wait = row.try_at - timezone.now()
    assert wait == waits * MINUTE if waits else wait <= MINUTE


def test_where_all_must_wait_nobody_else_asks(plan, push, clock):
    push.answers += [Refusal(Verdict.LATER, 429, wait=20 * MINUTE, whole_queue=True)]
    # One has waited longest; of several of one moment any might be the first.
    times = [timezone.now() - (4 - number) * MINUTE for number in range(4)]
    _first, *others = [plan(n, channel="push", due_at=at) for n, at in enumerate(times)]

    assert send_due() == Counts(taken=4, later=1, stopped=True)
    assert push.sent == []
    for row in others:
        assert ended(row)[1] == "waits: the notification service asks us to wait"
        assert (row.attempts, row.try_at) == (0, timezone.now() + 20 * MINUTE)
    clock.shift(20 * MINUTE)
    assert send_due().sent == 4


@given(st.timedeltas(timedelta(), timedelta(days=9)))
def test_a_hold_grows_and_has_an_end(held_for):
    assert FIRST_HOLD <= wait_after(held_for) <= LONGEST_HOLD
    assert wait_after(held_for) <= wait_after(held_for + MINUTE)
