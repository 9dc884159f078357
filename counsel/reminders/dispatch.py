"""Sends what is due. Any number of these may run at once, or be killed at any moment.

The database decides who sends what (`counsel.reminders.claims`); no transaction is ever open
while a mail server is spoken to. Log lines carry ids, kinds and codes, never words.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import InterfaceError, OperationalError
from django.utils.translation import gettext as _

from counsel.common import stopping
from counsel.common.tracing import place_of
from counsel.reminders import claims, heartbeats, queues, reasons, watch
from counsel.reminders.carriers import carrier_of
from counsel.reminders.carriers.base import Carrier, NoAddress, Refusal, Verdict
from counsel.reminders.clock import now as shared_now
from counsel.reminders.letters import letters_at_hand
from counsel.reminders.models import Heartbeat, Queue, Reminder, State
from counsel.reminders.planners import plan_due
from counsel.reminders.queues import Fare
from counsel.reminders.registry import Skip, get_kind, role_of
from counsel.reminders.timing import is_too_late, longer_wait
from counsel.reminders.writing import write

logger = logging.getLogger(__name__)

BATCH = 200
# A batch gives back what it has not come to by then, long before its leases run out.
BATCH_SECONDS = 60
# No message is begun after so long: a task has a time limit.
RUN_SECONDS = 120

Clock = Callable[[], datetime]


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


class _ChannelStopped(Exception):
    """Nothing can be sent by it at the moment; `reason` is for the ledger, `wait` for the rest."""

    def __init__(self, reason: str, wait: timedelta | None = None) -> None:
        super().__init__(reason)
        self.reason, self.wait = reason, wait


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
    held = queues.held()
    claims.sweep(run.clock())
    closed = run.stopped | {queue.channel for queue in held}
    rows = claims.claim(run.clock(), limit, without=closed)
    run.counts.taken += len(rows)
    for channel in sorted({row.channel for row in rows}):
        _send_batch([row for row in rows if row.channel == channel], run)
    for queue in held:
        if limit and queue.channel not in run.stopped:
            _try_again(queue, run)


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
    channel, fare = rows[0].channel, Fare()
    try:
        carrier = carrier_of(channel)
    except Exception as error:
        logger.critical("%s: nothing can be sent by it: %s", channel, place_of(error))
        _stop(rows, run, reasons.not_set_up(channel), claims.short_wait())
        return fare
    try:
        with letters_at_hand():
            _send_each(rows, carrier, run, fare)
    finally:
        carrier.close()
        queues.note(channel, fare, run.clock())
    return fare


def _stop(rows: Sequence[Reminder], run: _Run, reason: str, wait: timedelta | None = None) -> None:
    """The channel takes nothing more in this run; these wait."""
    run.counts.stopped = True
    run.stopped |= {row.channel for row in rows}
    claims.release(rows, run.clock(), reason, wait)


def _send_each(rows: Sequence[Reminder], carrier: Carrier[Any], run: _Run, fare: Fare) -> None:
    begun = time.monotonic()
    for position, row in enumerate(rows):
        if run.is_over or time.monotonic() - begun > BATCH_SECONDS:
            claims.release(rows[position:], run.clock())
            return
        try:
            state = _deliver(row, carrier, run.clock, fare)
        except _ChannelStopped as stopped:
            _stop(rows[position:], run, stopped.reason, stopped.wait)
            return
        if state is not None:
            run.counts.note(state)
            logger.info("reminder %s (%s): %s", row.pk, row.kind, state.value)
        if fare.wait:
            _stop(rows[position + 1 :], run, reasons.asked_to_wait(row.channel), fare.wait)
            return


def _deliver(row: Reminder, carrier: Carrier[Any], clock: Clock, fare: Fare) -> State | None:
    """How it ended; None when somebody else has the reminder by now."""
    if is_too_late(clock(), row.not_after):
        return claims.settle_skipped(row, clock(), _("too late to be of use"))
    _open(row.channel, carrier, fare)
    try:
        parcel = _written(row, carrier, clock())
    except (InterfaceError, OperationalError):
        raise
    except NoAddress:
        return claims.settle_failed(row, clock(), _("there is no address to send it to"))
    except Exception as error:
        logger.error("reminder %s (%s): %s", row.pk, row.kind, place_of(error))
        reason = _("could not be written (%s)") % type(error).__name__
        return claims.try_later(row, clock(), reason)
    if isinstance(parcel, Skip):
        return claims.settle_skipped(row, clock(), parcel.reason)
    if isinstance(parcel, datetime):
        return _put_off(row, parcel, clock())
    return _hand_over(row, parcel, carrier, clock, fare)


def _written(row: Reminder, carrier: Carrier[Any], now: datetime) -> Any:
    """The message as it goes over the wire, a Skip, or until when it waits."""
    waits_until = get_kind(row.kind).waits_until
    if waits_until and (until := waits_until(row, now)):
        return until
    written = write(row, now)
    if isinstance(written, Skip):
        return written
    return carrier.pack(row, written.reach, written.message)


def _put_off(row: Reminder, until: datetime, now: datetime) -> State:
    if is_too_late(until, row.not_after):
        return claims.settle_skipped(row, now, reasons.quiet_too_long())
    return claims.wait_until(row, until, reasons.quiet_hours())


def _hand_over(
    row: Reminder, parcel: object, carrier: Carrier[Any], clock: Clock, fare: Fare
) -> State | None:
    if not claims.hand_over(row, clock()):
        return None
    try:
        carrier.send(parcel)
    except Refusal as refusal:
        return _refused(row, refusal, clock(), fare)
    fare.goes_out()
    return claims.settle_sent(row, clock())


def _refused(row: Reminder, refusal: Refusal, now: datetime, fare: Fare) -> State:
    if refusal.verdict is Verdict.CUT_OFF:
        fare.is_refused()
        return claims.settle_cut_off(row, now)
    claims.take_back(row)
    if refusal.verdict is Verdict.STOP:
        raise _account_refused(row.channel, refusal, fare) from refusal
    if refusal.verdict is Verdict.FINAL:
        tell = role_of(row).refused
        if tell is not None and refusal.address:
            tell(row, refusal.address)
        return claims.settle_failed(row, now, reasons.refused(row.channel, refusal.code))
    fare.is_refused()
    if refusal.whole_queue:
        fare.wait = longer_wait(claims.short_wait(), refusal.wait)
    reason = reasons.not_taken(row.channel, refusal.code or refusal.what)
    return claims.try_later(row, now, reason, refusal.wait)


def _open(channel: str, carrier: Carrier[Any], fare: Fare) -> None:
    try:
        carrier.open()
    except Refusal as refusal:
        if refusal.verdict is Verdict.STOP:
            raise _account_refused(channel, refusal, fare) from refusal
        fare.is_refused()
        logger.warning("%s: no connection: %s", channel, refusal.code or refusal.what)
        raise _ChannelStopped(reasons.unreachable(channel), claims.short_wait()) from refusal


def _account_refused(channel: str, refusal: Refusal, fare: Fare) -> _ChannelStopped:
    fare.is_refused()
    fare.stopped_by = refusal.code
    logger.critical(
        "%s: the provider refuses us (%d): nothing goes out by it until this is mended",
        channel,
        refusal.code,
    )
    return _ChannelStopped(reasons.account_refused(channel, refusal.code))
