"""Sends what is due. Any number of these may run at once, or be killed at any moment.

The database decides who sends what (`counsel.reminders.claims`); no transaction is ever open
while a mail server is spoken to. Log lines carry ids, kinds and codes, never words.
"""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import InterfaceError, OperationalError
from django.utils import timezone
from django.utils.translation import gettext as _

from counsel.reminders import claims
from counsel.reminders.delivery import NoAddress, Verdict, compose, judge, judge_opening
from counsel.reminders.models import Reminder, State
from counsel.reminders.registry import get_kind, planners
from counsel.reminders.timing import is_too_late

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
    if rows:
        with _mail_server() as connection:
            _send_batch(rows, connection, clock, counts)


def _plan(now: datetime) -> None:
    for planner in planners():
        try:
            planner(now)
        except Exception as error:
            logger.error("planner %s.%s: %s", planner.__module__, planner.__name__, _where(error))


@contextmanager
def _mail_server() -> Iterator[BaseEmailBackend]:
    connection = get_connection()
    try:
        yield connection
    finally:
        _close(connection)


def _send_batch(
    rows: Sequence[Reminder], connection: BaseEmailBackend, clock: Clock, counts: Counts
) -> None:
    begun = time.monotonic()
    for position, row in enumerate(rows):
        if time.monotonic() - begun > BATCH_SECONDS:
            claims.release(rows[position:], clock())
            return
        try:
            state = _deliver(row, connection, clock)
        except _QueueHeld as held:
            claims.release(rows[position:], clock(), held.reason)
            counts.stopped = True
            return
        if state is not None:
            counts.note(state)
            logger.info("reminder %s (%s): %s", row.pk, row.kind, state.value)


def _deliver(row: Reminder, connection: BaseEmailBackend, clock: Clock) -> State | None:
    """How it ended; None when somebody else has the reminder by now."""
    if is_too_late(clock(), row.not_after):
        return claims.settle_skipped(row, clock(), _("too late to be of use"))
    _open(connection)
    try:
        kind = get_kind(row.kind)
        if skip := kind.still_wanted(row, clock()):
            return claims.settle_skipped(row, clock(), skip.reason)
        mail = compose(row, kind.render(row))
    except (InterfaceError, OperationalError):
        raise
    except NoAddress:
        return claims.settle_failed(row, clock(), _("there is no address to send it to"))
    except Exception as error:
        logger.error("reminder %s (%s): %s", row.pk, row.kind, _where(error))
        reason = _("could not be written (%s)") % type(error).__name__
        return claims.try_later(row, clock(), reason)
    return _hand_over(row, mail, connection, clock)


def _hand_over(
    row: Reminder, mail: EmailMessage, connection: BaseEmailBackend, clock: Clock
) -> State | None:
    if not claims.hand_over(row, clock()):
        return None
    try:
        connection.send_messages([mail])
    except Exception as error:
        return _refused(row, error, connection, clock())
    return claims.settle_sent(row, clock())


def _refused(row: Reminder, error: Exception, connection: BaseEmailBackend, now: datetime) -> State:
    verdict, code = judge(error)
    if code in {0, 421}:
        # The server has hung up, or is about to: the next message needs a new connection.
        _close(connection)
    if verdict is Verdict.CUT_OFF:
        return claims.settle_cut_off(row, now)
    claims.take_back(row)
    if verdict is Verdict.STOP:
        raise _alarm(code) from error
    if verdict is Verdict.FINAL:
        return claims.settle_failed(row, now, _("refused by the mail server (%d)") % code)
    reason = _("not taken by the mail server (%(what)s)") % {"what": code or type(error).__name__}
    return claims.try_later(row, now, reason)


def _open(connection: BaseEmailBackend) -> None:
    try:
        connection.open()
    except Exception as error:
        verdict, code = judge_opening(error)
        _close(connection)
        if verdict is Verdict.STOP:
            raise _alarm(code) from error
        logger.warning("no connection to the mail server: %s", code or type(error).__name__)
        raise _QueueHeld(_("waits: the mail server cannot be reached")) from error


def _alarm(code: int) -> _QueueHeld:
    logger.critical(
        "the mail server refuses us (%d): no reminder goes out until this is mended", code
    )
    return _QueueHeld(_("waits: the mail server refuses our account (%d)") % code)


def _close(connection: BaseEmailBackend) -> None:
    with suppress(OSError):
        connection.close()


def _where(error: Exception) -> str:
    """The kind of error and its line of code: its own words may hold what a person wrote."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "?"
    return f"{type(error).__name__} at {place}"
