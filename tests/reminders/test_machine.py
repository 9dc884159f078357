"""The ledger alone under everything that can happen to a row, in any order (safety's D5 and D6)."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from counsel.reminders import claims
from counsel.reminders.models import Reminder, State
from counsel.reminders.services import reminder_plan, reminders_withdraw
from counsel.reminders.timing import LEASE, MAX_ATTEMPTS
from tests.factories import make_counsellor
from tests.reminders.conftest import NOW
from tests.thorough import THOROUGH

pytestmark = pytest.mark.django_db


# What a worker does with one it took up, and what the server does. "lost": nobody can note it.
BEFORE = ("release", "skip", "fail", "not written", "lost before")
AFTER = ("lost, taken", "cut off, taken", "cut off", "lost", "yes", "late yes", "no", "never")


class Ledger(RuleBasedStateMachine):
    """Workers take up one row after the other; `copies` is what the mail server got of each."""

    @initialize(rows=st.integers(1, 2))
    def open(self, rows):
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.clock = time_machine.travel(NOW, tick=False)
        self.traveller = self.clock.start()
        self.counsellor = make_counsellor()
        self.copies, self.late, self.out = {}, [], None
        for number in range(rows):
            self.plan(number)

    def teardown(self):
        if hasattr(self, "clock"):
            self.clock.stop()
            transaction.set_rollback(True)
            self.undone.__exit__(None, None, None)

    @rule(number=st.integers(0, 1), away=st.booleans())
    def change(self, number, away):
        if away:
            reminders_withdraw(subject=f"visit:{number}", reason="cancelled")
        else:
            self.plan(number)

    def plan(self, number):
        reminder_plan(
            counsellor=self.counsellor,
            kind="practice_today",
            subject=f"visit:{number}",
            person="visitor:1",
            due_at=timezone.now(),
            not_after=timezone.now() + timedelta(days=2),
        )

    # Several in a row by one rule: Hypothesis leaves out whole rules, and would seldom go far.
    @rule(ends=st.lists(st.sampled_from([*AFTER, *BEFORE]), min_size=3, max_size=8))
    def some_are_taken_up(self, ends):
        for end in ends:
            (self.one_does_not_go if end in BEFORE else self.one_goes)(end)
            self.no_more_than_one_copy_without_a_doubt()
            self.what_went_out_never_ends_as_unsent()

    def one_does_not_go(self, end):
        row, now = self._taken_up(), timezone.now()
        if row is None or end == "lost before":
            return
        if end == "release":
            claims.release([row], now)
        elif end == "not written":
            claims.try_later(row, now, "why")
        else:
            settle = claims.settle_skipped if end == "skip" else claims.settle_failed
            settle(row, now, "why")

    def one_goes(self, end):
        row, now = self._taken_up(), timezone.now()
        if row is None:
            return
        assert claims.hand_over(row, now, after=self.out)
        self.out = None
        if end in ("yes", "cut off, taken", "lost, taken", "late yes"):
            self.copies[row.pk] = self.copies.get(row.pk, 0) + 1
        if end == "yes":
            self.out = claims.GoneOut(row, now)
        elif end == "late yes":
            self.late.append(row)
        elif end.startswith("cut off"):
            claims.settle_cut_off(row, now)
        elif end in ("no", "never"):
            claims.take_back(row)
            (claims.settle_failed if end == "never" else claims.try_later)(row, now, "why")

    @precondition(lambda self: self.late)
    @rule()
    def a_late_worker_comes_back(self):
        claims.settle_sent(self.late.pop(), timezone.now())

    def _taken_up(self):
        """The next of the same batch, or the first after the longest wait."""
        if self.out is None:
            self.traveller.shift(timedelta(hours=1, minutes=1))
        claims.sweep(timezone.now())
        rows = claims.claim(timezone.now(), 1)
        if self.out is not None and not rows:
            claims.settle_sent(self.out.row, self.out.at)
            self.out = None
        return rows[0] if rows else None

    @invariant()
    def no_more_than_one_copy_without_a_doubt(self):
        rows = Reminder.objects.in_bulk()
        for key, copies in self.copies.items():
            assert copies <= 1 + (rows[key].resent_at is not None)

    @invariant()
    def what_went_out_never_ends_as_unsent(self):
        for row in Reminder.objects.all():
            if row.state == State.SENT:
                assert self.copies[row.pk]
            if row.state in (State.SKIPPED, State.CANCELLED, State.FAILED):
                assert not self.copies.get(row.pk)
                assert row.finished_at

    @invariant()
    def nothing_is_stuck(self):
        """Whatever is not settled is due by itself soon, or held under a lease that ends."""
        for row in Reminder.objects.filter(finished_at=None):
            if row.state == State.CLAIMED:
                assert row.lease_until <= timezone.now() + LEASE
            else:
                assert row.state in (State.QUEUED, State.UNCERTAIN)
                assert row.try_at <= timezone.now() + timedelta(hours=1)
            assert row.attempts <= MAX_ATTEMPTS


def test_none_is_sent_twice_and_none_is_lost_whatever_happens(monkeypatch):
    # The walk is the same each time it is gone: Hypothesis seeds this one, and not the system's.
    monkeypatch.setattr(claims, "_random", random)
    walks = settings().max_examples * (2 if THOROUGH else 1)
    run_state_machine_as_test(
        Ledger, settings=settings(parent=settings(), max_examples=walks, stateful_step_count=5)
    )
