"""What becomes of reminders whose worker is lost, late or slow."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from counsel.reminders.claims import claim, hand_over, release, settle_sent
from counsel.reminders.dispatch import Counts, dispatch_due
from counsel.reminders.models import State
from counsel.reminders.registry import Skip
from counsel.reminders.timing import LEASE, MAX_ATTEMPTS
from tests.reminders.conftest import NOW, ended


def test_what_a_lost_worker_held_is_sent_after_its_lease(plan, clock, mailoutbox):
    row = plan()
    claim(timezone.now(), 10)
    assert dispatch_due() == Counts()
    clock.shift(LEASE)
    assert dispatch_due() == Counts()
    clock.shift(1)

    assert dispatch_due() == Counts(taken=1, sent=1)
    assert ended(row) == (State.SENT, "")


def test_a_row_that_always_loses_its_worker_is_given_up(plan, clock):
    row = plan(not_after=NOW + timedelta(days=30))
    for _ in range(MAX_ATTEMPTS):
        claim(timezone.now(), 10)
        clock.shift(LEASE + timedelta(seconds=1))
        assert dispatch_due(limit=0) == Counts()

    assert ended(row) == (State.FAILED, "given up: the sender stopped every time")


def test_one_cut_off_while_sending_goes_out_once_more(plan, clock, mailoutbox):
    row = plan()
    hand_over(claim(timezone.now(), 10)[0], timezone.now())
    clock.shift(LEASE + timedelta(seconds=1))
    dispatch_due(limit=0)
    assert ended(row) == (State.UNCERTAIN, "cut off while sending; will be sent once more")

    assert dispatch_due() == Counts(taken=1, sent=1)
    assert ended(row) == (State.SENT, "sent a second time, because the first was cut off")
    assert [mail.extra_headers["Message-ID"] for mail in mailoutbox] == [
        f"<{row.pk.hex}@mail.invalid>"
    ]


def test_one_cut_off_twice_is_left_to_a_person(plan, clock, mailoutbox):
    row = plan()
    for _ in range(2):
        hand_over(claim(timezone.now(), 10)[0], timezone.now())
        clock.shift(LEASE + timedelta(seconds=1))
        dispatch_due(limit=0)

    assert ended(row) == (State.UNCERTAIN, "cut off while sending, for the second time")
    clock.shift(timedelta(hours=2))
    assert dispatch_due() == Counts()
    assert mailoutbox == []


@pytest.mark.parametrize("why", ["not wanted", "too late"])
def test_an_uncertain_one_never_ends_as_not_sent(plan, knock, clock, mailoutbox, why):
    row = plan()
    hand_over(claim(timezone.now(), 10)[0], timezone.now())
    knock.skip = Skip("cancelled")
    clock.shift(timedelta(hours=13) if why == "too late" else LEASE * 2)
    dispatch_due()

    state, reason = ended(row)
    assert state == State.UNCERTAIN and reason.startswith("may have been sent; not again: ")
    assert row.finished_at and mailoutbox == []


def test_a_late_worker_cannot_touch_what_another_holds(plan, clock):
    row = plan()
    [late] = claim(timezone.now(), 10)
    clock.shift(LEASE + timedelta(seconds=1))
    dispatch_due(limit=0)
    [holder] = claim(timezone.now(), 10)

    assert not hand_over(late, timezone.now())
    release([late], timezone.now())
    assert ended(row)[0] == State.CLAIMED
    assert hand_over(holder, timezone.now())


def test_a_late_worker_does_not_send_again(plan, clock, mailoutbox, monkeypatch):
    plan()
    late = claim(timezone.now(), 10)
    clock.shift(LEASE + timedelta(seconds=1))
    dispatch_due()
    monkeypatch.setattr("counsel.reminders.claims.claim", lambda now, limit, without: late)

    assert dispatch_due() == Counts(taken=1)
    assert len(mailoutbox) == 1


def test_a_late_yes_of_the_mail_server_still_counts(plan, clock):
    row = plan()
    [slow] = claim(timezone.now(), 10)
    hand_over(slow, timezone.now())
    clock.shift(LEASE + timedelta(seconds=1))
    dispatch_due(limit=0)
    settle_sent(slow, timezone.now())

    assert ended(row)[0] == State.SENT
    assert dispatch_due() == Counts()


def test_what_is_given_back_costs_no_attempt(plan):
    row = plan()
    release(claim(timezone.now(), 10), timezone.now())

    assert ended(row) == (State.QUEUED, "")
    assert row.attempts == 0
    assert dispatch_due().sent == 1


def test_a_slow_batch_gives_back_the_rest(plan, monkeypatch, mailoutbox):
    monkeypatch.setattr("counsel.reminders.dispatch.BATCH_SECONDS", -1)
    row = plan()

    assert dispatch_due() == Counts(taken=1)
    assert ended(row) == (State.QUEUED, "")
