"""The channels a message can go by, each behind the same small interface."""

from __future__ import annotations

from typing import Any

from counsel.reminders.carriers.base import Carrier
from counsel.reminders.carriers.email import EmailCarrier
from counsel.reminders.models import Channel


def carrier_of(channel: str) -> Carrier[Any]:
    """A carrier of its own for one batch. Raises KeyError for a channel nobody carries."""
    return _CARRIERS[channel]()


def available_channels() -> tuple[Channel, ...]:
    """Those this practice can send by."""
    return tuple(channel for channel in Channel if channel in _CARRIERS)


_CARRIERS: dict[str, type[Carrier[Any]]] = {Channel.EMAIL: EmailCarrier}
