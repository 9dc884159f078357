"""One batch over one connection: each message is asked for, written, handed over and noted.

Some messages are written at once, shortly before they go. Then the ledger hears that one has gone
out together with the next one's handing over: a message costs one write, and a kill at any moment
leaves no more than one in doubt.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from django.db import InterfaceError, OperationalError, connection
from django.utils.translation import gettext as _

from counsel.common.tracing import place_of
from counsel.reminders import claims, reasons
from counsel.reminders.at_hand import at_hand
from counsel.reminders.carriers.base import Carrier, NoAddress, Refusal, Verdict
from counsel.reminders.claims import GoneOut
from counsel.reminders.models import Reminder, State
from counsel.reminders.queues import Fare
from counsel.reminders.registry import Skip, get_kind, tell_refused
from counsel.reminders.timing import is_too_late, longer_wait
from counsel.reminders.writing import write

logger = logging.getLogger(__name__)

# How long a database that restarts is waited for, to note what has become of a message.
KEEP_SECONDS = 45
# At most so many are written at once, and asked again where they have not gone within so long:
# whatever changes meanwhile is not seen any more.
AHEAD = 50
FRESH_SECONDS = 2

Clock = Callable[[], datetime]
Kept = TypeVar("Kept")


class ChannelStopped(Exception):
    """Nothing can be sent by it at the moment; `reason` is for the ledger, `wait` for the rest."""

    def __init__(self, reason: str, wait: timedelta | None = None) -> None:
        super().__init__(reason)
        self.reason, self.wait = reason, wait


class Batch:
    def __init__(self, carrier: Carrier[Any], clock: Clock) -> None:
        self.fare = Fare()
        self._carrier, self._clock = carrier, clock
        self._out: GoneOut | None = None
        self._parcels: dict[UUID, Any] = {}
        self._written_at = 0.0
        self._ahead = AHEAD

    def deliver(self, rows: Sequence[Reminder]) -> State | None:
        """How it ended for the first of these; None when somebody else has it by now.

        Raises ChannelStopped.
        """
        row, now = rows[0], self._clock()
        if is_too_late(now, row.not_after):
            return self._instead(claims.settle_skipped, row, _("too late to be of use"))
        self._open(row.channel)
        parcel = self._take(rows)
        if isinstance(parcel, NoAddress):
            reason = _("there is no address to send it to")
            return self._instead(claims.settle_failed, row, reason)
        if isinstance(parcel, Exception):
            logger.error("reminder %s (%s): %s", row.pk, row.kind, place_of(parcel))
            reason = _("could not be written (%s)") % type(parcel).__name__
            return self._instead(claims.try_later, row, reason)
        if isinstance(parcel, Skip):
            return self._instead(claims.settle_skipped, row, parcel.reason)
        if isinstance(parcel, datetime):
            return self._put_off(row, parcel)
        return self._hand_over(row, parcel)

    def close(self) -> None:
        try:
            self._note_out()
        finally:
            self._carrier.close()

    def _open(self, channel: str) -> None:
        try:
            self._carrier.open()
        except Refusal as refusal:
            if refusal.verdict is Verdict.STOP:
                raise self._account_refused(channel, refusal) from refusal
            self.fare.is_refused()
            logger.warning("%s: no connection: %s", channel, refusal.code or refusal.what)
            raise ChannelStopped(reasons.unreachable(channel), claims.short_wait()) from refusal

    def _take(self, rows: Sequence[Reminder]) -> Any:
        """What was written for the first of these; it and those that follow, if it is not there."""
        stale = time.monotonic() - self._written_at > FRESH_SECONDS
        if stale or rows[0].pk not in self._parcels:
            if self._parcels:
                # The other side is slow: no more than it takes while they are fresh.
                self._ahead = max(self._ahead - len(self._parcels), 1)
            self._write(rows[: self._ahead])
        return self._parcels.pop(rows[0].pk)

    def _write(self, rows: Sequence[Reminder]) -> None:
        # Nobody is in doubt while others are written.
        self._note_out()
        self._written_at = time.monotonic()
        with at_hand(rows):
            self._parcels = {row.pk: self._parcel(row) for row in rows}

    def _parcel(self, row: Reminder) -> Any:
        """The message as it goes over the wire, a Skip, until when it waits, or what broke."""
        try:
            return self._written(row, self._clock())
        except (InterfaceError, OperationalError):
            raise
        except Exception as error:
            return error

    def _written(self, row: Reminder, now: datetime) -> Any:
        written = write(row, now)
        if isinstance(written, Skip):
            return written
        waits_until = get_kind(row.kind).waits_until
        if waits_until and (until := waits_until(row, now)):
            return until
        return self._carrier.pack(row, written.reach, written.message)

    def _instead(
        self, end: Callable[[Reminder, datetime, str], State], row: Reminder, reason: str
    ) -> State:
        """It does not go out; nor does the one before wait to be noted."""
        self._note_out()
        return end(row, self._clock(), reason)

    def _put_off(self, row: Reminder, until: datetime) -> State:
        self._note_out()
        if is_too_late(until, row.not_after):
            return claims.settle_skipped(row, self._clock(), reasons.quiet_too_long())
        return claims.wait_until(row, until, reasons.quiet_hours())

    def _hand_over(self, row: Reminder, parcel: object) -> State | None:
        if not _kept(lambda: claims.hand_over(row, self._clock(), after=self._out)):
            return None
        self._out = None
        try:
            self._carrier.send(parcel)
        except Refusal as refusal:
            return self._refused(row, refusal)
        self.fare.goes_out()
        self._out = GoneOut(row, self._clock())
        return State.SENT

    def _note_out(self) -> None:
        out, self._out = self._out, None
        if out is not None:
            _kept(lambda: claims.settle_sent(out.row, out.at))

    def _refused(self, row: Reminder, refusal: Refusal) -> State:
        now = self._clock()
        if refusal.verdict is Verdict.CUT_OFF:
            self.fare.is_refused()
            return _kept(lambda: claims.settle_cut_off(row, now))
        claims.take_back(row)
        if refusal.verdict is Verdict.STOP:
            raise self._account_refused(row.channel, refusal) from refusal
        if refusal.verdict is Verdict.FINAL:
            reason = reasons.refused(row.channel, refusal.code)
            state = _kept(lambda: claims.settle_failed(row, now, reason))
            _tell(row, refusal.address)
            return state
        self.fare.is_refused()
        if refusal.whole_queue:
            self.fare.wait = longer_wait(claims.short_wait(), refusal.wait)
        reason = reasons.not_taken(row.channel, refusal.code or refusal.what)
        return _kept(lambda: claims.try_later(row, now, reason, refusal.wait))

    def _account_refused(self, channel: str, refusal: Refusal) -> ChannelStopped:
        self.fare.is_refused()
        self.fare.stopped_by = refusal.code
        logger.critical(
            "%s: the provider refuses us (%d): nothing goes out by it until this is mended",
            channel,
            refusal.code,
        )
        return ChannelStopped(reasons.account_refused(channel, refusal.code))


def _tell(row: Reminder, address: str) -> None:
    if not address:
        return
    try:
        tell_refused(row, address)
    except Exception as error:
        logger.error("reminder %s (%s), refused: %s", row.pk, row.kind, place_of(error))


def _kept(write: Callable[[], Kept]) -> Kept:
    """What has become of a message is written down, also where the database restarts meanwhile."""
    until = time.monotonic() + KEEP_SECONDS
    while True:
        try:
            return write()
        except (InterfaceError, OperationalError):
            if connection.in_atomic_block or time.monotonic() > until:
                raise
            connection.close()
            time.sleep(0.5)
