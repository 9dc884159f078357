from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from counsel.reminders.carriers.base import Refusal, Verdict
from counsel.reminders.dispatch import send_due
from counsel.reminders.health import health
from counsel.reminders.models import Channel, Queue, Reminder
from counsel.reminders.planners import plan_due
from tests.reminders.conftest import NOW
from tests.reminders.test_queues import no_account, push  # noqa: F401

MINUTE = timedelta(minutes=1)


def now():
    return health(timezone.now())


def of(channel):
    return next(entry for entry in now().channels if entry.channel == channel)


@pytest.fixture
def well(plan, clock):
    plan_due()
    send_due()


def test_all_is_well_while_both_run(well, clock):
    assert now().is_well
    clock.shift(11 * MINUTE)
    assert not now().is_well and not now().plans and not now().sends
    plan_due()
    assert now().plans and not now().sends


def test_nothing_has_ever_run(db):
    assert not now().is_well
    assert [entry.channel for entry in now().channels] == list(Channel)


def test_what_nobody_takes_up_is_late_in_the_end(well, plan, clock):
    plan(due_at=NOW + MINUTE)
    assert now().oldest_due is None
    clock.shift(11 * MINUTE)
    assert of("email").oldest_due == NOW + MINUTE and not now().is_late
    clock.shift(1)
    assert now().is_late


def test_what_waits_with_its_channel_is_due_all_the_time(well, plan, clock, push):  # noqa: F811
    push.answers += [Refusal(Verdict.LATER, 429, wait=59 * MINUTE, whole_queue=True)] * 2
    plan(channel="push"), plan(1, channel="push")
    send_due()

    assert of("push").oldest_due == NOW
    assert of("email").oldest_due is None


def test_what_was_refused_for_itself_holds_no_alarm(well, plan, clock, push):  # noqa: F811
    push.answers += [Refusal(Verdict.LATER, 451, wait=30 * MINUTE)]
    plan(channel="push")
    send_due()
    clock.shift(20 * MINUTE)

    assert now().oldest_due is None
    assert of("push").refusals == 1


def test_what_waits_for_the_morning_holds_none_either(well, plan, clock):
    row = plan()
    Reminder.objects.filter(pk=row.pk).update(
        reason="waits for the end of its reader's quiet hours", try_at=NOW + 40 * MINUTE
    )
    clock.shift(20 * MINUTE)

    assert now().oldest_due is None


def test_a_held_channel_is_not_well(well, plan, clock, push):  # noqa: F811
    push.answers += [no_account()]
    plan(channel="push")
    send_due()

    assert of("push").is_held and of("push").held_code == 403
    assert not now().is_well and not now().is_late


def test_it_asks_three_times(well, plan, django_assert_num_queries):
    for number in range(5):
        plan(number)
    Queue.objects.create(channel="push")
    with django_assert_num_queries(3):
        now()
