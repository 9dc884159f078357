"""The caseload at a glance: who is met next, and how each of them gets on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import F, OuterRef, Subquery
from django.utils.formats import date_format

from clients.models import Client
from counsel.accounts.models import Counsellor
from sessions.models import Consultation

MOST_ROWS = 12


@dataclass(frozen=True, slots=True)
class Row:
    client: Client
    next_at: str
    unread: int


@dataclass(frozen=True, slots=True)
class Glance:
    """`total` counts all active clients, shown or not."""

    rows: list[Row]
    total: int


def glance_at(counsellor: Counsellor, unread: Mapping[UUID, int], now: datetime) -> Glance:
    """Two queries."""
    active = Client.objects.filter(counsellor=counsellor, status=Client.Status.ACTIVE)
    coming = Consultation.objects.holding().filter(client=OuterRef("pk"), ends_at__gt=now)
    clients = (
        active.defer("emergency_contact")
        .annotate(found_next=Subquery(coming.order_by("starts_at").values("starts_at")[:1]))
        .order_by(F("found_next").asc(nulls_last=True), "name", "pk")
    )
    rows = [
        Row(client, _when(client.found_next, counsellor.zone), unread.get(client.pk, 0))
        for client in clients[:MOST_ROWS]
    ]
    return Glance(rows, active.count())


def _when(instant: datetime | None, zone: ZoneInfo) -> str:
    return date_format(instant.astimezone(zone), "D j M, H:i") if instant else ""
