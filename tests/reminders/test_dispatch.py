"""One worker, one database, no mail server that misbehaves (see test_smtp_faults for that)."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from counsel.accounts.models import User
from counsel.reminders import carriers, claims, registry
from counsel.reminders.dispatch import Counts, dispatch_due, run_due, send_due
from counsel.reminders.models import Heartbeat, Reminder, State
from counsel.reminders.registry import Attachment, Message, Reach, Skip
from counsel.reminders.services import reminders_withdraw
from counsel.reminders.tasks import tick
from counsel.reminders.timing import LEASE, MAX_ATTEMPTS
from tests.reminders.conftest import NOW, ended


def test_it_sends_what_is_due_once(plan, mailoutbox):
    row = plan()

    assert dispatch_due() == Counts(taken=1, sent=1)
    assert dispatch_due() == Counts()
    assert [mail.subject for mail in mailoutbox] == ["Your appointment"]
    assert ended(row) == (State.SENT, "")
    assert row.finished_at and row.handed_over_at


def test_it_does_not_send_before_the_time(plan, clock, mailoutbox):
    plan(due_at=NOW + timedelta(seconds=1))

    assert dispatch_due() == Counts()
    clock.shift(1)
    assert dispatch_due().sent == 1


def test_it_takes_the_longest_waiting_first(plan, knock, clock, mailoutbox):
    new, old = (plan(n, due_at=NOW - timedelta(hours=n)) for n in (0, 1))

    dispatch_due(limit=1)
    assert (ended(old)[0], ended(new)[0]) == (State.SENT, State.QUEUED)
    assert run_due() == Counts(taken=1, sent=1)


@pytest.mark.parametrize(("late", "state"), [(0, State.SENT), (1, State.SKIPPED)])
def test_it_drops_what_is_too_late_and_says_so(plan, clock, mailoutbox, late, state):
    row = plan(not_after=NOW + timedelta(hours=1))
    clock.shift(timedelta(hours=1, seconds=late))
    dispatch_due()

    assert ended(row) == (state, "too late to be of use" if late else "")
    assert len(mailoutbox) == 1 - late


def test_it_asks_whether_it_is_still_wanted(plan, knock, mailoutbox):
    row = plan()
    knock.skip = Skip("the appointment has moved")

    assert dispatch_due() == Counts(taken=1, skipped=1)
    assert ended(row) == (State.SKIPPED, "the appointment has moved")
    assert mailoutbox == []


def test_it_waits_for_the_end_of_quiet_hours_at_no_cost(plan, knock, clock, mailoutbox):
    row = plan()
    knock.until = NOW + timedelta(hours=8)
    assert dispatch_due() == Counts(taken=1, later=1)
    assert ended(row) == (State.QUEUED, "waits for the end of its reader's quiet hours")
    assert (row.attempts, row.try_at) == (0, knock.until)
    clock.move_to(knock.until)
    knock.until = None
    assert dispatch_due() == Counts(taken=1, sent=1)


def test_it_does_not_wait_for_what_is_of_no_use_then(plan, knock, mailoutbox):
    row = plan(not_after=NOW + timedelta(hours=8))
    knock.until = NOW + timedelta(hours=8, seconds=1)
    assert dispatch_due() == Counts(taken=1, skipped=1)
    assert ended(row)[0] == State.SKIPPED
    assert "quiet hours" in ended(row)[1]


def test_one_not_wanted_any_more_does_not_wait_for_the_end_of_quiet_hours(plan, knock):
    row = plan()
    knock.until, knock.skip = NOW + timedelta(hours=8), Skip("cancelled")
    dispatch_due()

    assert ended(row) == (State.SKIPPED, "cancelled")


@pytest.mark.parametrize("what", ["still_wanted", "reach"])
def test_what_was_deleted_needs_no_message(plan, knock, monkeypatch, mailoutbox, what):
    def gone(*args):
        raise User.DoesNotExist

    row = plan()
    entry, role = registry.get_kind("knock"), registry.role_of(row)
    if what == "still_wanted":
        monkeypatch.setitem(registry._kinds, "knock", replace(entry, still_wanted=gone))
    else:
        monkeypatch.setitem(registry._roles, "visitor", replace(role, reach=gone))
    dispatch_due()

    assert ended(row) == (State.SKIPPED, "what it was about is not there any more")
    assert mailoutbox == []


def test_words_that_miss_something_are_no_reason_to_skip_it(plan, knock):
    row = plan()
    knock.error = User.DoesNotExist()
    dispatch_due()

    assert ended(row) == (State.QUEUED, "could not be written (DoesNotExist)")


def test_it_asks_again_before_each_attempt(plan, knock, clock, mailoutbox):
    row = plan()
    knock.error = ValueError()
    dispatch_due()
    knock.error, knock.skip = None, Skip("cancelled")
    clock.shift(timedelta(hours=1))
    dispatch_due()

    assert ended(row) == (State.SKIPPED, "cancelled")
    assert mailoutbox == []


def test_it_never_sends_what_was_withdrawn(plan, mailoutbox):
    row = plan()
    reminders_withdraw(subject=row.subject, reason="cancelled")

    assert dispatch_due() == Counts()
    assert mailoutbox == []


def test_it_sends_a_withdrawn_one_that_was_planned_again(plan, mailoutbox):
    reminders_withdraw(subject=plan().subject, reason="moved")
    plan()

    assert dispatch_due() == Counts(taken=1, sent=1)


def test_a_mail_says_nothing_about_what_made_it(plan, mailoutbox, settings):
    settings.BASE_URL = "https://diary.example.org"
    row = plan()
    dispatch_due()

    message = mailoutbox[0].message()
    assert message["Message-ID"] == f"<{row.pk.hex}@diary.example.org>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["From"] == "Appointments <appointments@localhost>"
    assert not [name for name in message if name.startswith(("X-", "List-", "User"))]


def test_a_mail_carries_its_calendar_file(plan, knock, mailoutbox):
    ics = Attachment("a.ics", "BEGIN:VCALENDAR\r\n", "text/calendar; method=REQUEST")
    knock.message = Message("Yours", "Hello\n", (ics,))
    plan()
    dispatch_due()

    part = mailoutbox[0].message().get_payload()[1]
    assert (part.get_content_type(), part.get_param("method")) == ("text/calendar", "REQUEST")
    assert part.get_filename() == "a.ics"


def test_a_broken_row_harms_only_itself(plan, knock, mailoutbox, caplog):
    broken, *others = [plan(number) for number in range(5)]
    message = knock.message

    def render(row, reach):
        if row.pk == broken.pk:
            raise KeyError("what Anna wrote")
        return message

    knock.render = render
    assert dispatch_due() == Counts(taken=5, sent=4, later=1)
    assert ended(broken) == (State.QUEUED, "could not be written (KeyError)")
    assert broken.attempts == 1 and broken.try_at > timezone.now()
    assert "KeyError" in caplog.text and "Anna" not in caplog.text


@pytest.mark.parametrize("fault", ["unknown kind", "render", "still_wanted", "header"])
def test_a_row_that_stays_broken_ends_as_failed(plan, knock, clock, mailoutbox, fault):
    row = plan(not_after=NOW + timedelta(days=30))
    if fault == "unknown kind":
        Reminder.objects.update(kind="gone")
    elif fault == "header":
        knock.message = Message("Yours\nBcc: eve@example.org", "x")
    else:
        knock.error = RuntimeError("her own words")
        knock.skip = None if fault == "render" else property()
    for _ in range(MAX_ATTEMPTS + 2):
        dispatch_due()
        clock.shift(timedelta(hours=1))

    state, reason = ended(row)
    assert (state, row.attempts) == (State.FAILED, MAX_ATTEMPTS)
    assert reason.startswith("could not be written (") and "own words" not in reason
    assert mailoutbox == []


@pytest.mark.parametrize("address", ["", "nobody", "a@example.org\nBcc: b@example.org"])
def test_it_fails_at_once_without_an_address(plan, knock, mailoutbox, address):
    knock.reach = Reach(address, "en-gb", UTC)
    row = plan()
    dispatch_due()

    assert ended(row) == (State.FAILED, "there is no address to send it to")


def test_a_lost_database_is_nobodys_failed_attempt(plan, knock):
    row = plan()
    knock.error = OperationalError("gone")
    with pytest.raises(OperationalError):
        dispatch_due()

    assert ended(row) == (State.QUEUED, "")
    assert row.attempts == 0


def test_a_run_lets_time_bring_about_its_rows(plan, monkeypatch, mailoutbox):
    monkeypatch.setattr(registry, "_planners", [lambda now: plan()])
    run_due()
    run_due()

    assert len(mailoutbox) == 1


@pytest.mark.django_db(transaction=True)
def test_a_database_that_restarts_leaves_no_doubt(plan, knock, monkeypatch, mailoutbox):
    """The mail is out: that is written down as soon as it can be."""
    settle, lost = claims.settle_sent, [OperationalError(), InterfaceError()]

    def lost_at_first(row, now):
        if lost:
            raise lost.pop()
        return settle(row, now)

    monkeypatch.setattr(claims, "settle_sent", lost_at_first)
    row = plan()

    assert dispatch_due() == Counts(taken=1, sent=1)
    assert ended(row) == (State.SENT, "")
    assert len(mailoutbox) == 1 and lost == []


def test_what_waits_long_to_be_sent_is_asked_again(plan, knock, monkeypatch, mailoutbox):
    monkeypatch.setattr("counsel.reminders.batch.FRESH_SECONDS", -1)
    asked, message = [], knock.message
    knock.render = lambda row, reach: asked.append(row.subject) or message
    for number in range(3):
        plan(number)
    dispatch_due()

    assert len(asked) == 3 + 2 + 1 and len(mailoutbox) == 3


def test_a_tick_sends_and_asks_no_planner(plan, monkeypatch, mailoutbox):
    monkeypatch.setattr(registry, "_planners", [lambda now: pytest.fail("asked")])
    plan()
    tick()

    assert len(mailoutbox) == 1
    assert Heartbeat.objects.values_list("name", flat=True).get() == Heartbeat.Name.SEND


def test_it_sends_without_celery(plan, mailoutbox, capsys):
    plan()
    call_command("send_due")

    assert capsys.readouterr().out.startswith("sent 1, skipped 0")
    assert len(mailoutbox) == 1


def test_it_logs_ids_and_kinds_only(plan, mailoutbox, caplog):
    caplog.set_level(logging.DEBUG, logger="counsel")
    row = plan()
    dispatch_due()

    assert f"reminder {row.pk} (knock): sent" in caplog.text
    assert "example.org" not in caplog.text and "appointment" not in caplog.text


@pytest.mark.parametrize("zone_change", [datetime(2026, 3, 29, 1), datetime(2026, 10, 25, 1)])
def test_each_tick_over_a_clock_change_finds_its_own(plan, mailoutbox, zone_change):
    """Ticks and due times are instants: no wall clock can skip or repeat one."""
    begin = zone_change.replace(tzinfo=UTC) - timedelta(minutes=20)
    for minute in range(40):
        plan(minute, due_at=begin + timedelta(minutes=minute), not_after=begin + LEASE * 99)

    sent = []
    with time_machine.travel(begin, tick=False) as clock:
        for _ in range(40):
            sent.append(dispatch_due().sent)
            clock.shift(timedelta(minutes=1))
    assert sent == [1] * 40


def test_an_idle_tick_reads_three_times(plan, django_assert_num_queries):
    """Which channels are held, what lost workers left, what is due; and it says that it ran."""
    send_due()
    with django_assert_num_queries(4) as asked:
        send_due()
    assert asked[-1]["sql"].startswith('UPDATE "reminders_heartbeat"')


def test_a_channel_that_is_not_set_up_holds_up_no_other(plan, mailoutbox, monkeypatch):
    monkeypatch.delitem(carriers._CARRIERS, "sms")
    row = plan(channel="sms")
    plan(1)

    assert send_due() == Counts(taken=2, sent=1, stopped=True)
    assert ended(row) == (State.QUEUED, "waits: the text message service is not set up")
    assert row.attempts == 0 and row.try_at > timezone.now()
