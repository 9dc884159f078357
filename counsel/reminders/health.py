"""How sending fares, as values: for the ledger's page, the health check and the outside ping."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Case, F, Min, Q, When

from counsel.reminders import reasons
from counsel.reminders.models import Channel, Heartbeat, Queue, Reminder, State
from counsel.reminders.timing import LONGEST_RETRY

# Whatever is due for longer, and whoever was silent for longer, is an alarm.
PATIENCE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class ChannelHealth:
    channel: Channel
    # Since when the message that has waited longest is due; None where none is.
    oldest_due: datetime | None
    held_since: datetime | None
    held_until: datetime | None
    held_code: int
    last_sent_at: datetime | None
    last_refused_at: datetime | None
    # One after the other, without one that went out between them.
    refusals: int

    @property
    def is_held(self) -> bool:
        return self.held_since is not None


@dataclass(frozen=True, slots=True)
class Health:
    at: datetime
    channels: tuple[ChannelHealth, ...]
    # When planning and sending last came to their end; None: never.
    planned_at: datetime | None
    sent_at: datetime | None

    @property
    def oldest_due(self) -> datetime | None:
        return min((c.oldest_due for c in self.channels if c.oldest_due), default=None)

    @property
    def is_late(self) -> bool:
        """Something should have gone out long ago."""
        return self.oldest_due is not None and self.at - self.oldest_due > PATIENCE

    @property
    def is_held(self) -> bool:
        return any(channel.is_held for channel in self.channels)

    @property
    def plans(self) -> bool:
        return _is_alive(self.planned_at, self.at)

    @property
    def sends(self) -> bool:
        return _is_alive(self.sent_at, self.at)

    @property
    def is_well(self) -> bool:
        return self.plans and self.sends and not self.is_late and not self.is_held


def health(now: datetime) -> Health:
    """In three queries, however much the ledger holds."""
    beats = dict(Heartbeat.objects.values_list("name", "at"))
    queues = Queue.objects.in_bulk()
    oldest = _oldest_due(now)
    return Health(
        at=now,
        channels=tuple(
            _channel(channel, queues.get(channel) or Queue(channel=channel), oldest.get(channel))
            for channel in Channel
        ),
        planned_at=beats.get(Heartbeat.Name.PLAN),
        sent_at=beats.get(Heartbeat.Name.SEND),
    )


def _channel(channel: Channel, queue: Queue, oldest_due: datetime | None) -> ChannelHealth:
    return ChannelHealth(
        channel=channel,
        oldest_due=oldest_due,
        held_since=queue.held_since,
        held_until=queue.held_until,
        held_code=queue.held_code,
        last_sent_at=queue.last_sent_at,
        last_refused_at=queue.last_refused_at,
        refusals=queue.refusals,
    )


def _oldest_due(now: datetime) -> dict[str, datetime]:
    """Of what nobody takes up, and of what waits with all of its channel.

    One that was refused for itself and waits for its next attempt is late by its own fault, and
    one that waits for the end of quiet hours is not late at all.
    """
    is_open = Q(finished_at=None, state__in=[State.QUEUED, State.UNCERTAIN, State.CLAIMED])
    untried = Q(attempts=0, due_at__lte=now) & ~Q(reason=reasons.quiet_hours())
    rows = (
        # No channel is left alone for longer: further the index need not be read.
        Reminder.objects.across_caseloads("how sending fares is one thing for all")
        .filter(is_open, try_at__lte=now + LONGEST_RETRY)
        .filter(Q(try_at__lte=now) | untried)
        .order_by()
        .values_list("channel")
        .annotate(since=Min(Case(When(untried, then=F("due_at")), default=F("try_at"))))
    )
    return dict(rows)


def _is_alive(beat: datetime | None, now: datetime) -> bool:
    return beat is not None and now - beat <= PATIENCE
