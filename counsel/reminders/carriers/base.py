"""What it takes to carry messages by one channel."""

from __future__ import annotations

from datetime import timedelta
from enum import Enum, auto
from typing import Protocol, TypeVar

from counsel.reminders.models import Reminder
from counsel.reminders.registry import Message, Reach

Parcel = TypeVar("Parcel")


class NoAddress(Exception):
    """There is no address of this channel's kind to send it to."""


class Verdict(Enum):
    LATER = auto()
    # This address, or this message, will never be taken.
    FINAL = auto()
    # It may have been taken, and nobody knows.
    CUT_OFF = auto()
    # Every message would meet the same: the whole queue waits, and somebody must look.
    STOP = auto()


class Refusal(Exception):
    """What a failed step means, and the answer's code (0 without one), never its words.

    `address` is the one that takes no messages, where that is why. `wait` is how long the other
    side asks us to wait: with this message, or, where it means the `whole_queue`, with all of
    the channel. After `hung_up` the next message needs a new connection.
    """

    def __init__(
        self,
        verdict: Verdict,
        code: int = 0,
        *,
        what: str = "",
        address: str = "",
        wait: timedelta | None = None,
        whole_queue: bool = False,
        hung_up: bool = False,
    ) -> None:
        super().__init__(verdict, code)
        self.verdict, self.code, self.what = verdict, code, what
        self.address, self.wait, self.hung_up = address, wait, hung_up
        self.whole_queue = whole_queue


class Carrier(Protocol[Parcel]):
    """Opened once for a batch, and closed after it."""

    def open(self) -> None:
        """Be ready to send; nothing to do where it is. Raises Refusal (LATER or STOP)."""

    def pack(self, reminder: Reminder, reach: Reach, message: Message) -> Parcel:
        """The message as it goes over the wire, known to be well-formed. Nothing leaves yet.

        Raises NoAddress.
        """

    def send(self, parcel: Parcel) -> None:
        """Raises Refusal unless the other side said yes."""

    def close(self) -> None:
        """Let go of the connection. Never raises."""
