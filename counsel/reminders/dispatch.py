"""Sends what is due. Any number of these may run at once, or be killed at any moment.

The database decides who sends what (`counsel.reminders.claims`); no transaction is ever open
while a mail server is spoken to. Log lines carry ids, kinds and codes, never words.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import DatabaseError, InterfaceError, OperationalError

from counsel.common import stopping
from counsel.common.tracing import place_of
from counsel.reminders import claims, heartbeats, queues, reasons, watch
from counsel.reminders.batch import Batch, ChannelStopped, Clock
from counsel.reminders.carriers import carrier_of
from counsel.reminders.clock import now as shared_now
from counsel.reminders.letters import letters_at_hand
from counsel.reminders.models import Heartbeat, Queue, Reminder, State
from counsel.reminders.patience import patience
from counsel.reminders.planners import plan_due
from counsel.reminders.queues import Fare

logger = logging.getLogger(__name__)

BATCH = 200
# A batch gives back what it has not come to by then, long before its leases run out.
BATCH_SECONDS = 60
# No message is begun after so long: a task has a time limit.
RUN_SECONDS = 120


@dataclass(slots=True)
class Counts:
    """How many reminders were taken up, and how that ended."""

    taken: int = 0
    sent: int = 0
    skipped: int = 0
    failed: int = 0
    uncertain: int = 0
    later: int = 0
    # A whole channel waits for its provider, or for a person.
    stopped: bool = False

    def note(self, state: State) -> None:
        name = "later" if state is State.QUEUED else state.value
        setattr(self, name, getattr(self, name) + 1)


@dataclass(slots=True)
class _Run:
    clock: Clock
    counts: Counts = field(default_factory=Counts)
    # Channels that take nothing more in this run.
    stopped: set[str] = field(default_factory=set)
    begun: float = field(default_factory=time.monotonic)

    @property
    def is_over(self) -> bool:
        return stopping.is_asked() or time.monotonic() - self.begun >= RUN_SECONDS


def run_due(now: datetime | None = None) -> Counts:
    """Let time bring about its rows, then send until nothing is due."""
    plan_due(now)
    return send_due(now)


def send_due(now: datetime | None = None) -> Counts:
    """Send until nothing is due, the time is up, or we are asked to stop."""
    run = _Run(_clock(now))
    with stopping.at_work():
        while not run.is_over:
            taken = run.counts.taken
            _dispatch(run, BATCH)
            if run.counts.taken == taken:
                break
    heartbeats.beat(Heartbeat.Name.SEND, run.clock())
    watch.ping(run.clock())
    return run.counts


def dispatch_due(now: datetime | None = None, *, limit: int = BATCH) -> Counts:
    """Send one batch, over one connection, after settling what lost workers left behind."""
    run = _Run(_clock(now))
    _dispatch(run, limit)
    return run.counts


def _clock(now: datetime | None) -> Clock:
    return (lambda: now) if now else shared_now


def _dispatch(run: _Run, limit: int) -> None:
    patience()
    held = queues.held()
    _sweep(run.clock())
    closed = run.stopped | {queue.channel for queue in held}
    rows = claims.claim(run.clock(), limit, without=closed)
    run.counts.taken += len(rows)
    for channel in sorted({row.channel for row in rows}):
        _send_batch([row for row in rows if row.channel == channel], run)
    for queue in held:
        if limit and queue.channel not in run.stopped:
            _try_again(queue, run)


def _sweep(now: datetime) -> None:
    try:
        claims.sweep(now)
    except OperationalError as error:
        # Somebody holds one of them for long; what is due does not wait for that.
        logger.warning("nothing was swept: %s", place_of(error))


def _try_again(queue: Queue, run: _Run) -> None:
    """One message of a held channel, when it is time: if it goes out, all others follow."""
    if queue.held_until is None or queue.held_until > run.clock() or run.is_over:
        return
    rows = claims.claim(run.clock(), 1, only=queue.channel)
    if not rows:
        return
    until = queues.take_trial(queue, run.clock())
    if until is None:
        claims.release(rows, run.clock())
        return
    run.counts.taken += 1
    if _send_batch(rows, run).is_silent:
        queues.give_back_trial(queue, until, run.clock())


def _send_batch(rows: Sequence[Reminder], run: _Run) -> Fare:
    channel = rows[0].channel
    try:
        carrier = carrier_of(channel)
    except Exception as error:
        logger.critical("%s: nothing can be sent by it: %s", channel, place_of(error))
        _stop(rows, run, reasons.not_set_up(channel), claims.short_wait())
        return Fare()
    batch = Batch(carrier, run.clock)
    try:
        with letters_at_hand():
            _send_each(rows, batch, run)
    finally:
        batch.close()
        queues.note(channel, batch.fare, run.clock())
    return batch.fare


def _send_each(rows: Sequence[Reminder], batch: Batch, run: _Run) -> None:
    begun = time.monotonic()
    for position, row in enumerate(rows):
        if run.is_over or time.monotonic() - begun > BATCH_SECONDS:
            claims.release(rows[position:], run.clock())
            return
        try:
            state = batch.deliver(rows[position:])
        except ChannelStopped as stopped:
            _stop(rows[position:], run, stopped.reason, stopped.wait)
            return
        except (InterfaceError, OperationalError):
            # Cut off by a time limit, or by a restart: whatever is left need not wait for a sweep.
            with suppress(DatabaseError):
                claims.release(rows[position:], run.clock())
            raise
        if state is not None:
            run.counts.note(state)
            logger.info("reminder %s (%s): %s", row.pk, row.kind, state.value)
        if batch.fare.wait:
            _stop(rows[position + 1 :], run, reasons.asked_to_wait(row.channel), batch.fare.wait)
            return


def _stop(rows: Sequence[Reminder], run: _Run, reason: str, wait: timedelta | None = None) -> None:
    """The channel takes nothing more in this run; these wait."""
    run.counts.stopped = True
    run.stopped |= {row.channel for row in rows}
    claims.release(rows, run.clock(), reason, wait)
