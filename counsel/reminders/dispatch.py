"""Sends what is due. Any number of these may run at once, or be killed at any moment.

The database decides who sends what (`counsel.reminders.claims`); no transaction is ever open
while a mail server is spoken to. Log lines carry ids, kinds and codes, never words.
"""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import InterfaceError, OperationalError
from django.utils import timezone
from django.utils.translation import gettext as _

from counsel.reminders import claims
from counsel.reminders.carriers import carrier_of
from counsel.reminders.carriers.base import Carrier, NoAddress, Refusal, Verdict
from counsel.reminders.models import Reminder, State
from counsel.reminders.registry import Skip, planners, role_of
from counsel.reminders.timing import is_too_late
from counsel.reminders.writing import write

logger = logging.getLogger(__name__)

BATCH = 200
# A batch gives back what it has not come to by then, long before its leases run out.
BATCH_SECONDS = 60
# No batch begins after so long: a task has a time limit.
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
    # The whole queue waits for the mail server, or for a person.
    stopped: bool = False

    def note(self, state: State) -> None:
        name = "later" if state is State.QUEUED else state.value
        setattr(self, name, getattr(self, name) + 1)


class _QueueHeld(Exception):
    """Nothing can be sent at the moment; `reason` is for the ledger."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def run_due(now: datetime | None = None) -> Counts:
    """Let time bring about its rows, then send until nothing is due."""
    _plan(now or timezone.now())
    begun, counts = time.monotonic(), Counts()
    while time.monotonic() - begun < RUN_SECONDS:
        taken = counts.taken
        _dispatch(_clock(now), BATCH, counts)
        if counts.stopped or counts.taken == taken:
            break
    return counts


def dispatch_due(now: datetime | None = None, *, limit: int = BATCH) -> Counts:
    """Send one batch, over one connection, after settling what lost workers left behind."""
    counts = Counts()
    _dispatch(_clock(now), limit, counts)
    return counts


def _clock(now: datetime | None) -> Clock:
    return (lambda: now) if now else timezone.now


def _dispatch(clock: Clock, limit: int, counts: Counts) -> None:
    claims.sweep(clock())
    rows = claims.claim(clock(), limit)
    counts.taken += len(rows)
    for channel in sorted({row.channel for row in rows}):
        own = [row for row in rows if row.channel == channel]
        with _carrier(channel) as carrier:
            _send_batch(own, carrier, clock, counts)


def _plan(now: datetime) -> None:
    for planner in planners():
        try:
            planner(now)
        except Exception as error:
            logger.error("planner %s.%s: %s", planner.__module__, planner.__name__, _where(error))


@contextmanager
def _carrier(channel: str) -> Iterator[Carrier[Any]]:
    carrier = carrier_of(channel)
    try:
        yield carrier
    finally:
        carrier.close()


def _send_batch(
    rows: Sequence[Reminder], carrier: Carrier[Any], clock: Clock, counts: Counts
) -> None:
    begun = time.monotonic()
    for position, row in enumerate(rows):
        if time.monotonic() - begun > BATCH_SECONDS:
            claims.release(rows[position:], clock())
            return
        try:
            state = _deliver(row, carrier, clock)
        except _QueueHeld as held:
            claims.release(rows[position:], clock(), held.reason)
            counts.stopped = True
            return
        if state is not None:
            counts.note(state)
            logger.info("reminder %s (%s): %s", row.pk, row.kind, state.value)


def _deliver(row: Reminder, carrier: Carrier[Any], clock: Clock) -> State | None:
    """How it ended; None when somebody else has the reminder by now."""
    if is_too_late(clock(), row.not_after):
        return claims.settle_skipped(row, clock(), _("too late to be of use"))
    _open(carrier)
    try:
        parcel = _written(row, carrier, clock())
    except (InterfaceError, OperationalError):
        raise
    except NoAddress:
        return claims.settle_failed(row, clock(), _("there is no address to send it to"))
    except Exception as error:
        logger.error("reminder %s (%s): %s", row.pk, row.kind, _where(error))
        reason = _("could not be written (%s)") % type(error).__name__
        return claims.try_later(row, clock(), reason)
    if isinstance(parcel, Skip):
        return claims.settle_skipped(row, clock(), parcel.reason)
    return _hand_over(row, parcel, carrier, clock)


def _written(row: Reminder, carrier: Carrier[Any], now: datetime) -> Any:
    """The message as it goes over the wire, or a Skip."""
    written = write(row, now)
    if isinstance(written, Skip):
        return written
    return carrier.pack(row, written.reach, written.message)


def _hand_over(row: Reminder, parcel: object, carrier: Carrier[Any], clock: Clock) -> State | None:
    if not claims.hand_over(row, clock()):
        return None
    try:
        carrier.send(parcel)
    except Refusal as refusal:
        return _refused(row, refusal, clock())
    return claims.settle_sent(row, clock())


def _refused(row: Reminder, refusal: Refusal, now: datetime) -> State:
    if refusal.verdict is Verdict.CUT_OFF:
        return claims.settle_cut_off(row, now)
    claims.take_back(row)
    if refusal.verdict is Verdict.STOP:
        raise _alarm(refusal.code) from refusal
    if refusal.verdict is Verdict.FINAL:
        tell = role_of(row).refused
        if tell is not None and refusal.address:
            tell(row, refusal.address)
        return claims.settle_failed(row, now, _("refused by the mail server (%d)") % refusal.code)
    what = refusal.code or refusal.what
    return claims.try_later(row, now, _("not taken by the mail server (%(what)s)") % {"what": what})


def _open(carrier: Carrier[Any]) -> None:
    try:
        carrier.open()
    except Refusal as refusal:
        if refusal.verdict is Verdict.STOP:
            raise _alarm(refusal.code) from refusal
        logger.warning("no connection to the mail server: %s", refusal.code or refusal.what)
        raise _QueueHeld(_("waits: the mail server cannot be reached")) from refusal


def _alarm(code: int) -> _QueueHeld:
    logger.critical(
        "the mail server refuses us (%d): no reminder goes out until this is mended", code
    )
    return _QueueHeld(_("waits: the mail server refuses our account (%d)") % code)


def _where(error: Exception) -> str:
    """The kind of error and its line of code: its own words may hold what a person wrote."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "?"
    return f"{type(error).__name__} at {place}"
