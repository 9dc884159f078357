"""A real mail server on a real socket, that refuses, breaks off or holds."""

from __future__ import annotations

import logging
import time
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from counsel.reminders.dispatch import Counts, dispatch_due
from counsel.reminders.models import Reminder, State
from counsel.reminders.timing import MAX_ATTEMPTS
from tests.reminders.conftest import ended


@pytest.fixture(params=[(), ("PIPELINING",)], ids=["one by one", "in a row"])
def sink(request, sink):
    sink.offers = request.param
    return sink


def later(**delta):
    return time_machine.travel(timezone.now() + timedelta(**delta), tick=True)


def test_a_batch_goes_over_one_connection(plan, sink):
    for number in range(5):
        plan(number)

    assert dispatch_due() == Counts(taken=5, sent=5)
    assert (len(sink.received), sink.connections) == (5, 1)


def test_it_never_greets_with_the_machines_name(plan, sink, settings):
    settings.BASE_URL = "https://diary.example.org"
    plan()
    dispatch_due()

    assert sink.greetings == ["diary.example.org"]
    assert sink.mails[0]["Message-ID"].endswith("@diary.example.org>")


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("code", [421, 450, 451, 452])
def test_a_temporary_no_is_tried_again_later(plan, sink, step, code):
    row = plan()
    sink.answers[step] = f"{code} not now, anna@example.org"

    assert dispatch_due() == Counts(taken=1, later=1)
    assert ended(row) == (State.QUEUED, f"not taken by the mail server ({code})")
    assert (row.attempts, row.handed_over_at) == (1, None)
    assert 25 < (row.try_at - timezone.now()).total_seconds() < 60
    sink.answers.clear()
    with later(minutes=2):
        assert dispatch_due() == Counts(taken=1, sent=1)


def test_the_wait_grows_and_ends(plan, sink):
    row = plan(not_after=timezone.now() + timedelta(days=9))
    sink.answers["RCPT"] = "451 not now"
    waits = []
    for _ in range(MAX_ATTEMPTS):
        with time_machine.travel(Reminder.objects.get().try_at, tick=False):
            dispatch_due()
            waits.append((Reminder.objects.get().try_at - timezone.now()).total_seconds())

    assert ended(row)[0] == State.FAILED
    assert waits[0] < waits[3] < waits[6] <= 3600


@pytest.mark.parametrize("code", [550, 551, 553, 501])
def test_a_refused_address_is_final_and_stops_nobody_else(plan, sink, code):
    row = plan()
    sink.answers["RCPT"] = f"{code} 5.1.1 unknown: anna@example.org"

    assert dispatch_due() == Counts(taken=1, failed=1)
    assert ended(row) == (State.FAILED, f"refused by the mail server ({code})")
    sink.answers.clear()
    plan(1)
    assert dispatch_due().sent == 1


def test_a_refused_address_keeps_the_connection(plan, sink):
    for number in range(3):
        plan(number)
    sink.answers["RCPT"] = "550 unknown"

    assert dispatch_due() == Counts(taken=3, failed=3)
    assert sink.connections == 1


def test_a_refusal_that_is_no_address_error_is_tried_again(plan, sink):
    """ "Relay access denied" speaks of our set-up: failing every row for good would lose them."""
    row = plan()
    sink.answers["RCPT"] = "554 5.7.1 relay access denied"

    assert dispatch_due() == Counts(taken=1, later=1)
    assert ended(row)[0] == State.QUEUED


@pytest.mark.parametrize("step", ["MAIL 530", "MAIL 550", "LOGIN 535"])
def test_a_refused_account_stops_the_queue_and_raises_the_alarm(plan, settings, caplog, step, sink):
    step, code = step.split()
    rows = [plan(number) for number in range(3)]
    if step == "LOGIN":
        settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "us", "wrong"
    else:
        sink.answers[step] = f"{code} who are you"

    assert dispatch_due() == Counts(taken=3, stopped=True)
    for row in rows:
        assert ended(row) == (State.QUEUED, f"waits: the mail server refuses our account ({code})")
        assert (row.attempts, row.handed_over_at) == (0, None)
    assert [r.levelno for r in caplog.records if r.levelno > logging.INFO] == [logging.CRITICAL]


@pytest.mark.parametrize("step", ["MAIL", "DATA"])
def test_breaking_off_before_the_message_is_no_doubt(plan, sink, step):
    rows = [plan(number) for number in range(3)]
    sink.drop, sink.drops = step, 1

    assert dispatch_due().sent == 2
    states = {ended(row)[0] for row in rows}
    assert states == {State.SENT, State.QUEUED}


def test_an_answer_that_never_came_leaves_it_uncertain_once(plan, sink):
    row = plan()
    sink.drop, sink.drops = "TAKEN", 1
    assert dispatch_due() == Counts(taken=1, uncertain=1)
    assert ended(row) == (State.UNCERTAIN, "cut off while sending; will be sent once more")

    with later(minutes=2):
        assert dispatch_due() == Counts(taken=1, sent=1)
    first, second = sink.mails
    assert first["Message-ID"] == second["Message-ID"]
    assert ended(row) == (State.SENT, "sent a second time, because the first was cut off")


def test_it_sends_no_third_copy(plan, sink):
    row = plan()
    sink.drop = "TAKEN"
    for minutes in (0, 2, 4, 90):
        with later(minutes=minutes):
            dispatch_due()

    assert len(sink.received) == 2
    assert len({mail["Message-ID"] for mail in sink.mails}) == 1
    assert ended(row) == (State.UNCERTAIN, "cut off while sending, for the second time")


def test_a_temporary_no_to_the_second_copy_does_not_make_it_unsent(plan, sink):
    row = plan()
    sink.drop, sink.drops = "TAKEN", 1
    dispatch_due()
    sink.answers["RCPT"] = "451 not now"
    with later(minutes=2):
        assert dispatch_due().uncertain == 1
    assert ended(row) == (State.UNCERTAIN, "not taken by the mail server (451)")
    sink.answers.clear()
    with later(hours=2):
        assert dispatch_due().sent == 1


def test_a_server_that_hangs_up_at_once_costs_no_attempt(plan, sink):
    row = plan()
    sink.drop = "CONNECT"

    assert dispatch_due() == Counts(taken=1, stopped=True)
    assert ended(row) == (State.QUEUED, "waits: the mail server cannot be reached")
    assert row.attempts == 0


def test_no_server_at_all_costs_no_attempt(plan, sink):
    rows = [plan(number) for number in range(3)]
    sink.stop()

    assert dispatch_due() == Counts(taken=3, stopped=True)
    assert {ended(row)[1] for row in rows} == {"waits: the mail server cannot be reached"}
    sink.start()
    with later(minutes=2):
        assert dispatch_due().sent == 3


def test_a_server_that_trickles_is_left(plan, sink):
    row = plan()
    sink.tarpit = True
    begun = time.monotonic()
    dispatch_due()

    assert time.monotonic() - begun < 4
    assert ended(row)[0] == State.UNCERTAIN


def test_a_server_that_takes_a_message_to_nobody_gets_none(plan, sink):
    """Some say yes to the message although they know no reader: what follows would be its words."""
    rows = [plan(number) for number in range(2)]
    sink.answers["RCPT"], sink.goes_on = "550 unknown", True

    assert dispatch_due() == Counts(taken=2, failed=2)
    assert {ended(row)[1] for row in rows} == {"refused by the mail server (550)"}
    assert sink.received == []
    assert sink.connections == (2 if sink.offers else 1)
