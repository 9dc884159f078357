"""What somebody who sees a client's screen would read of a message, in each wording.

The words are those that are really sent: the app that plans the message registers how it is
written for somebody, in `AppConfig.ready()`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from typing import TypeAlias

from django.conf import settings

from clients.models import Client
from clients.reach import first_name
from counsel.reminders.models import Channel, Wording
from counsel.reminders.registry import Message, Reach

# No locked screen shows more of a mail.
_LONGEST = 110

Sample: TypeAlias = Callable[[Client, Reach], Message]
_sample: Sample | None = None


@dataclass(frozen=True, slots=True)
class Example:
    """As a locked screen shows it."""

    sender: str
    title: str
    line: str


Examples: TypeAlias = Mapping[tuple[Channel, Wording], Example]


def register_sample(sample: Sample) -> None:
    global _sample
    _sample = sample


def examples_of(client: Client) -> Examples:
    """One for each way and wording by which something would come."""
    if _sample is None:
        return {}
    found: dict[tuple[Channel, Wording], Example] = {}
    for wording in (Wording.NEUTRAL, Wording.PLAIN):
        name = first_name(client) if wording == Wording.PLAIN else ""
        message = _sample(client, Reach(client.email, client.language, client.zone, name))
        found[Channel.EMAIL, wording] = _mail(message)
        found[Channel.SMS, wording] = Example("", "", message.short)
        found[Channel.PUSH, wording] = Example("", "", message.short)
    return found


def _mail(message: Message) -> Example:
    words = " ".join(message.body.split())
    line = words if len(words) <= _LONGEST else words[:_LONGEST].rsplit(" ", 1)[0] + " …"
    return Example(parseaddr(settings.DEFAULT_FROM_EMAIL)[0], message.subject, line)
