"""The channels a message can go by, each behind the same small interface."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from counsel.reminders.carriers.base import Carrier
from counsel.reminders.carriers.email import EmailCarrier
from counsel.reminders.carriers.push import PushCarrier
from counsel.reminders.carriers.sms import SmsCarrier
from counsel.reminders.models import Channel


def available_channels() -> tuple[Channel, ...]:
    """Those this installation is set up for; e-mail it always is."""
    there = {
        Channel.EMAIL: True,
        Channel.SMS: bool(settings.SMS_URL),
        Channel.PUSH: settings.VAPID_KEY is not None,
    }
    return tuple(channel for channel in Channel if there[channel])


def carrier_of(channel: str) -> Carrier[Any]:
    """A carrier of its own for one batch, also for a channel that is not set up (any more):
    `counsel.reminders.writing` says of its messages why they do not go.

    Raises KeyError for a channel nobody carries.
    """
    return _CARRIERS[channel]()


_CARRIERS: dict[str, type[Carrier[Any]]] = {
    Channel.EMAIL: EmailCarrier,
    Channel.SMS: SmsCarrier,
    Channel.PUSH: PushCarrier,
}
