"""The caseload at a glance: who is met next, and how each of them gets on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, F, QuerySet, Window
from django.utils.formats import date_format

from clients.models import Client
from counsel.desk.caseload.columns import WORTH_A_WORD, with_next
from exercises.models import Standing

MOST_ROWS = 12


@dataclass(frozen=True, slots=True)
class Row:
    client: Client
    standing: Standing
    next_at: str
    unread: int

    @property
    def says_missed(self) -> bool:
        return self.standing.missed >= WORTH_A_WORD


@dataclass(frozen=True, slots=True)
class Glance:
    """`total` counts all active clients, shown or not."""

    rows: list[Row]
    total: int


def glance_at(
    caseload: QuerySet[Client], unread: Mapping[UUID, int], zone: ZoneInfo, now: datetime
) -> Glance:
    """One query. `caseload` has standings that are brought up to date."""
    active = caseload.filter(status=Client.Status.ACTIVE).defer("emergency_contact")
    ranked = with_next(active, now).annotate(found_total=Window(Count("pk")))
    ranked = ranked.order_by(F("found_next_at").asc(nulls_last=True), "name", "pk")
    clients = list(ranked.select_related("standing")[:MOST_ROWS])
    rows = [
        Row(
            client=client,
            standing=client.standing,
            next_at=_when(client.found_next_at, zone),
            unread=unread.get(client.pk, 0),
        )
        for client in clients
    ]
    return Glance(rows, clients[0].found_total if clients else 0)


def _when(instant: datetime | None, zone: ZoneInfo) -> str:
    return date_format(instant.astimezone(zone), "D j M, H:i") if instant else ""
