"""Which channels are held, and how each of them fares.

A provider that refuses our account would refuse every message alike. Its channel is held: nothing
of it is taken up, so that no message loses an attempt, and the other channels go on. When the time
is up it is tried with one message. One that goes out ends the hold.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Coalesce

from counsel.common.inserting import insert_if_new
from counsel.reminders.models import Queue

FIRST_HOLD = timedelta(minutes=15)
LONGEST_HOLD = timedelta(hours=2)


@dataclass(slots=True)
class Fare:
    """How a channel fared in one batch. One address that is refused is not the channel's fault."""

    sent: int = 0
    refused: int = 0
    # Since the last one that went out.
    refused_in_a_row: int = 0
    # The answer of a provider that refuses our account.
    stopped_by: int | None = None
    # How long it asks us to leave it alone.
    wait: timedelta | None = None

    @property
    def is_silent(self) -> bool:
        """Nothing came to the provider."""
        return not self.sent and not self.refused

    def goes_out(self) -> None:
        self.sent, self.refused_in_a_row = self.sent + 1, 0

    def is_refused(self) -> None:
        self.refused, self.refused_in_a_row = self.refused + 1, self.refused_in_a_row + 1


def held() -> list[Queue]:
    return list(Queue.objects.filter(held_since__isnull=False).order_by("channel"))


def wait_after(held_for: timedelta) -> timedelta:
    """How long to hold a channel further: 15 minutes, then each time double, up to two hours."""
    return min(max(held_for + FIRST_HOLD, FIRST_HOLD), LONGEST_HOLD)


def take_trial(queue: Queue, now: datetime) -> datetime | None:
    """Claim the one trial that is due; until when the channel stays held if it comes to nothing.

    None where somebody else has it.
    """
    if queue.held_since is None or queue.held_until is None:
        return None
    until = now + wait_after(queue.held_until - queue.held_since)
    seen = Queue.objects.filter(pk=queue.pk, held_until=queue.held_until)
    return until if seen.update(held_until=until) else None


def give_back_trial(queue: Queue, until: datetime, now: datetime) -> None:
    """Nothing came to the provider: the trial is still due."""
    Queue.objects.filter(pk=queue.pk, held_until=until).update(held_until=now)


def note(channel: str, fare: Fare, now: datetime) -> None:
    """Keep how it fared: one write for a batch, and none where nothing came to the provider."""
    if fare.is_silent:
        return
    values = {**_went_out(fare, now), **_came_back(fare, now), **_hold(fare, now)}
    row = Queue.objects.filter(pk=channel)
    if not row.update(**values):
        insert_if_new(Queue(channel=channel))
        row.update(**values)


def queue_release(channel: str) -> bool:
    """Somebody says that it is mended: what waits goes out at the next tick.

    If it is not mended, the first message that is refused holds the channel anew.
    Returns whether it was held.
    """
    rows = Queue.objects.filter(pk=channel, held_since__isnull=False)
    return bool(rows.update(held_since=None, held_until=None, held_code=0))


def _went_out(fare: Fare, now: datetime) -> dict[str, object]:
    if not fare.sent:
        return {}
    over = {"held_since": None, "held_until": None, "held_code": 0}
    return {"last_sent_at": now, "refusals": 0, **over}


def _came_back(fare: Fare, now: datetime) -> dict[str, object]:
    if not fare.refused:
        return {}
    before = 0 if fare.sent else F("refusals")
    return {"last_refused_at": now, "refusals": before + fare.refused_in_a_row}


def _hold(fare: Fare, now: datetime) -> dict[str, object]:
    if fare.stopped_by is None:
        return {}
    # A trial has said already when the next one is.
    until = Case(When(Q(held_until__gt=now), then=F("held_until")), default=Value(now + FIRST_HOLD))
    return {
        "held_since": Coalesce(F("held_since"), Value(now)),
        "held_until": until,
        "held_code": fare.stopped_by,
    }
