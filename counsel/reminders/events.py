"""What a mail provider tells of a mail of ours afterwards, by calling an address of ours.

Each provider has its own way to speak; django-anymail makes one of them. Mounted only where the
mails go by a provider and COUNSEL_WEBHOOK_SECRET is set: without the secret a call is refused.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from anymail.signals import AnymailTrackingEvent, EventType, RejectReason, tracking
from django.utils import timezone

from counsel.reminders.bounces import bounce_note
from counsel.reminders.dsn import ROW, Bounce, Fate, row_of_message_id

_FATES = {
    EventType.DEFERRED: Fate.DELAYED,
    EventType.FAILED: Fate.LOST,
    EventType.BOUNCED: Fate.REFUSED,
    EventType.REJECTED: Fate.REFUSED,
    # They called it spam, so the next would harm the delivery of everybody else's.
    EventType.COMPLAINED: Fate.REFUSED,
}
# Why a mail bounced or was not sent, where the address is not to blame.
_NOT_THE_ADDRESS = frozenset({RejectReason.TIMED_OUT, RejectReason.BLOCKED})


def connect() -> None:
    tracking.connect(note_event, dispatch_uid="counsel.reminders.events")


def note_event(sender: object, event: AnymailTrackingEvent, **kwargs: Any) -> None:
    """Unknown rows and what is no bad news are passed over: the provider need not send it again."""
    fate = _FATES.get(event.event_type)
    row = _row(event)
    if fate is None or row is None:
        return
    if fate is Fate.REFUSED and event.reject_reason in _NOT_THE_ADDRESS:
        fate = Fate.LOST
    bounce_note(Bounce(row, fate, event.event_type, event.recipient or ""), timezone.now())


def _row(event: AnymailTrackingEvent) -> UUID | None:
    try:
        return UUID(str((event.metadata or {}).get(ROW, "")))
    except ValueError:
        # Some give back the Message-ID that we had chosen.
        return row_of_message_id(f"<{(event.message_id or '').strip('<>')}>")
