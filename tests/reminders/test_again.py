"""Sending a message again by hand: which ones, how often, and what the ledger says of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from counsel.common.errors import ConflictError, DomainError
from counsel.reminders import claims, registry
from counsel.reminders.again import reminder_resend, why_not_again
from counsel.reminders.carriers.email import message_id
from counsel.reminders.dispatch import run_due
from counsel.reminders.models import Reminder, State
from counsel.reminders.registry import Skip
from counsel.reminders.services import reminder_plan, reminders_withdraw
from tests.factories import make_manager
from tests.reminders.conftest import NOW, ended

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
LATER = NOW + HOUR


@pytest.fixture(autouse=True)
def _clock(clock):
    pass


@pytest.fixture
def settled(plan):
    """One that came to its end an hour ago."""

    def settled(state, **fields):
        row = plan(due_at=NOW - HOUR, not_after=NOW + 2 * HOUR)
        fields = {"state": state, "finished_at": NOW - HOUR, "attempts": 12, **fields}
        if state in (State.SENT, State.UNCERTAIN):
            fields.setdefault("handed_over_at", NOW - HOUR)
        Reminder.objects.update(**fields)
        row.refresh_from_db()
        return row

    return settled


def resend(row, now=None):
    return reminder_resend(reminder=row, by=row.counsellor.user, now=now or timezone.now())


def test_a_failed_one_is_tried_anew_under_its_old_message_id(settled, mailoutbox):
    row = settled("failed", reason="refused")
    assert resend(row) == row
    assert (row.state, row.attempts, row.finished_at) == (State.QUEUED, 0, None)
    run_due(NOW)
    assert ended(row) == (State.SENT, "")
    [mail] = mailoutbox
    assert mail.extra_headers["Message-ID"] == message_id(row)


def test_it_is_written_down_who_asked_and_when(settled):
    row = settled("failed")
    resend(row)
    row.refresh_from_db()
    assert (row.asked_again, row.asked_again_at) == (1, NOW)
    assert row.asked_again_by == row.counsellor.user


def test_an_uncertain_one_stays_so_until_it_is_known_to_be_sent(settled, mailoutbox):
    row = settled("uncertain", resent_at=NOW - HOUR)
    resend(row)
    assert (row.state, row.finished_at, row.resent_at) == (State.UNCERTAIN, None, None)
    run_due(NOW)
    assert ended(row)[0] == State.SENT
    assert mailoutbox[0].extra_headers["Message-ID"] == message_id(row)


def test_an_uncertain_one_that_is_not_wanted_any_more_may_still_have_been_sent(settled, knock):
    row = settled("uncertain")
    resend(row)
    knock.skip = Skip("moved")
    run_due(NOW)
    assert ended(row) == (State.UNCERTAIN, "may have been sent; not again: moved")


def test_asked_for_once_it_is_handed_over_once_however_often_the_worker_dies(settled):
    row = settled("uncertain", resent_at=NOW - HOUR)
    resend(row)
    [held] = claims.claim(NOW, 10)
    assert claims.hand_over(held, NOW)
    claims.sweep(LATER)
    row.refresh_from_db()
    assert (row.state, row.finished_at) == (State.UNCERTAIN, LATER)
    assert claims.claim(LATER, 10) == []


def test_of_a_sent_one_a_copy_goes_out_and_the_ledger_still_says_that_it_was_sent(
    settled, mailoutbox
):
    row = settled("sent")
    copy = resend(row)
    assert copy != row
    row.refresh_from_db()
    assert (row.state, row.finished_at, row.asked_again) == (State.SENT, NOW - HOUR, 1)
    assert (copy.copy, copy.asked_again_by) == (1, row.counsellor.user)
    run_due(NOW)
    assert ended(copy)[0] == State.SENT
    assert mailoutbox[0].extra_headers["Message-ID"] == message_id(copy) != message_id(row)


def test_a_copy_that_is_withdrawn_leaves_the_one_that_was_sent(settled):
    row = settled("sent")
    copy = resend(row)
    reminders_withdraw(subject=row.subject, reason="moved")
    assert ended(copy) == (State.CANCELLED, "moved")
    assert ended(row)[0] == State.SENT


def test_planning_again_finds_the_first_and_not_the_copy(settled):
    row = settled("sent")
    resend(row)
    fields = ("counsellor", "kind", "subject", "person", "due_at", "not_after")
    assert reminder_plan(**{name: getattr(row, name) for name in fields}) == row


@pytest.mark.parametrize("which", ["the first", "the copy"])
def test_copies_count_up(settled, which, clock):
    row = settled("sent")
    copy = resend(row)
    run_due(NOW)
    clock.move_to(LATER, tick=False)
    again = row if which == "the first" else copy
    again.refresh_from_db()
    assert resend(again).copy == 2


@pytest.mark.parametrize(
    ("state", "why"),
    [
        ("queued", "It has not gone out yet."),
        ("skipped", "It was not sent on purpose."),
        ("cancelled", "It was withdrawn: what it says is not so any more."),
    ],
)
def test_it_says_which_ones_cannot_be(settled, state, why):
    row = settled(state, finished_at=None if state == "queued" else NOW)
    with pytest.raises(DomainError, match=why):
        resend(row)


def test_one_that_is_sent_again_by_itself_needs_nobody(settled):
    row = settled("uncertain", finished_at=None)
    assert why_not_again(row, NOW) == "It is sent once more by itself."


def test_it_is_asked_first_whether_it_is_still_wanted(settled, knock):
    row = settled("failed")
    knock.skip = Skip("the appointment was moved")
    assert why_not_again(row, NOW) == "It is not wanted any more: the appointment was moved."


def test_what_cannot_be_written_is_refused_in_words(settled, knock):
    row = settled("failed")
    knock.error = ValueError("Anna")
    assert why_not_again(row, NOW) == "It cannot be written any more."


def test_nothing_is_asked_about_what_a_client_did(settled, knock, monkeypatch):
    row = settled("failed")
    kind = replace(registry.get_kind(knock.key), tells_what_clients_do=True)
    monkeypatch.setitem(registry._kinds, knock.key, kind)
    words = why_not_again(row, NOW)
    knock.skip = Skip("nothing is open for today")
    assert why_not_again(row, NOW) == words
    assert words == "Whether it is still needed is the client's alone to know."


@pytest.mark.parametrize("state", ["failed", "uncertain", "sent"])
def test_not_twice_within_five_minutes(settled, state, clock):
    row = settled(state)
    resend(row)
    run_due(NOW)
    clock.move_to(NOW + timedelta(minutes=4), tick=False)
    row.refresh_from_db()
    with pytest.raises(DomainError, match="a moment ago"):
        resend(row)
    clock.move_to(NOW + timedelta(minutes=6), tick=False)
    resend(row)


def test_not_right_after_it_was_sent_by_itself(settled):
    row = settled("sent", finished_at=NOW - timedelta(minutes=1))
    assert "a moment ago" in why_not_again(row, NOW)


def test_one_copy_waits_at_a_time(settled):
    row = settled("sent")
    resend(row, NOW)
    assert why_not_again(row, LATER) == "A copy of it is waiting already."


def test_of_two_who_ask_at_once_one_is_told(settled):
    row = settled("failed")
    stale = Reminder.objects.get()
    resend(row)
    # It failed once more, long enough ago.
    Reminder.objects.update(state="failed", finished_at=NOW - HOUR, asked_again_at=NOW - HOUR)
    with pytest.raises(ConflictError):
        resend(stale)


def test_nothing_is_sent_about_what_is_past(settled):
    row = settled("failed", not_after=NOW)
    assert why_not_again(row, NOW) == "What it is about is over."


def test_it_may_be_later_than_a_reminder_as_long_as_its_subject_is_to_come(
    settled, knock, monkeypatch
):
    row = settled("failed", not_after=NOW - HOUR / 2)
    kind = replace(registry.get_kind(knock.key), over_at=lambda row: NOW + 2 * HOUR)
    monkeypatch.setitem(registry._kinds, knock.key, kind)
    assert resend(row).not_after == NOW + 2 * HOUR
    kind = replace(kind, over_at=lambda row: NOW + 200 * HOUR)
    monkeypatch.setitem(registry._kinds, knock.key, kind)
    Reminder.objects.update(state="failed", finished_at=NOW - HOUR, asked_again_at=NOW - HOUR)
    row.refresh_from_db()
    assert resend(row).not_after == NOW + 24 * HOUR


def test_a_managers_name_can_stand_there_too(settled):
    row, manager = settled("failed"), make_manager()
    assert reminder_resend(reminder=row, by=manager, now=NOW).asked_again_by == manager
