"""What a counsellor sees on entering the desk: the days ahead, and what waits for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count
from django.utils import timezone

from counsel.accounts.roles import AnyUser
from exercises.models import Entry
from sessions.models import Consultation, Status

AHEAD = timedelta(days=7)
MOST_AHEAD = 12


@dataclass(frozen=True, slots=True)
class Unread:
    client_id: UUID
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Day:
    today: list[Consultation]
    later: list[Consultation]
    requests: list[Consultation]
    unread: list[Unread]


def day_of(user: AnyUser, now: datetime) -> Day:
    """Three queries. "Today" is the day of the reader's clock."""
    coming = Consultation.objects.visible_to(user).holding().filter(ends_at__gt=now)
    coming = coming.select_related("client", "service").order_by("starts_at")
    ahead = list(coming.filter(status=Status.CONFIRMED, starts_at__lt=now + AHEAD)[:MOST_AHEAD])
    date = timezone.localdate(now)
    return Day(
        today=[c for c in ahead if timezone.localdate(c.starts_at) <= date],
        later=[c for c in ahead if timezone.localdate(c.starts_at) > date],
        requests=list(coming.filter(status=Status.PENDING)[:MOST_AHEAD]),
        unread=[Unread(**row) for row in _unread(user)],
    )


def _unread(user: AnyUser) -> Any:
    rows = Entry.objects.visible_to(user).unread()
    counted = rows.order_by().values("client_id", "client__name").annotate(count=Count("pk"))
    for row in counted.order_by("-count", "client__name"):
        yield {"client_id": row["client_id"], "name": row["client__name"], "count": row["count"]}
