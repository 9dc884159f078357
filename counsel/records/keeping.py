"""How long a client's record has to be kept, and what stands in the way of erasing it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery

from clients.models import Client, LegalHold
from clients.retention import erased_on
from counsel.accounts.practice import practice
from counsel.common.zones import local_date
from counsel.records.models import Rule
from sessions.models import HOLDING, Consultation, Status


@dataclass(frozen=True, slots=True)
class Keeping:
    """Days are by the counsellor's clock."""

    # Of the last consultation; where there was none, the day on which erasure was asked for.
    last_day: date | None
    # The first day on which nothing obliges to keep it; empty where nothing ever did.
    erased_on: date | None
    holds: tuple[LegalHold, ...]
    years: int
    today: date

    @property
    def has_to_be_kept(self) -> bool:
        return self.erased_on is not None and self.today < self.erased_on

    @property
    def kept_through(self) -> date | None:
        return self.erased_on - timedelta(days=1) if self.erased_on else None

    @property
    def is_held(self) -> bool:
        return any(hold.since <= self.today for hold in self.holds)

    @property
    def is_due(self) -> bool:
        """Whether it is erased as soon as somebody asks, or now where somebody has."""
        return not self.has_to_be_kept and not self.is_held

    @property
    def rule(self) -> Rule:
        return Rule.NOTHING_TO_KEEP if self.erased_on is None else Rule.KEPT_LONG_ENOUGH


def with_last_met(clients: QuerySet[Any], now: datetime) -> QuerySet[Any]:
    """Adds when the last consultation was over that took place, or may have: `last_met_at`."""
    met = Q(status__in=[Status.COMPLETED, Status.NO_SHOW])
    met |= Q(status__in=HOLDING, starts_at__lte=now)
    theirs = Consultation.objects.filter(met, client=OuterRef("pk")).order_by("-ends_at")
    found: QuerySet[Any] = clients.annotate(last_met_at=Subquery(theirs.values("ends_at")[:1]))
    return found


def keeping_of(client: Client, now: datetime) -> Keeping:
    """Three queries."""
    [row] = with_last_met(Client.objects.these(client), now)
    holds = client.legal_holds.select_related("set_by")
    return keeping(client, holds, row.last_met_at, practice().retention_years, now)


def keeping(
    client: Client,
    holds: Iterable[LegalHold],
    last_met_at: datetime | None,
    years: int,
    now: datetime,
) -> Keeping:
    """Of somebody with whom there was no consultation nothing has to be kept, unless the practice
    has called them more than prospective: then the years begin with the request.
    """
    zone = client.counsellor.zone
    today = local_date(now, zone)
    began = last_met_at
    if began is None and client.status != Client.Status.PROSPECTIVE:
        began = client.restricted_at or now
    last_day = local_date(began, zone) if began else None
    return Keeping(
        last_day=last_day,
        erased_on=erased_on(last_day, years) if last_day else None,
        holds=tuple(hold for hold in holds if hold.stands_or_will(today)),
        years=years,
        today=today,
    )
