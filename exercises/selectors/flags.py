"""Which flags wait, for the people who may know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min

from counsel.accounts.roles import AnyUser, counsellor_of, is_manager
from exercises.models import Entry, RiskFlag


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many flags are open, and since when the oldest is. Names nobody."""

    count: int
    oldest: datetime | None


def flags_open(user: AnyUser) -> Waiting:
    """A counsellor's own; of the whole practice for a manager without a caseload. One query."""
    if is_manager(user) and counsellor_of(user) is None:
        rows = RiskFlag.objects.across_caseloads("how many wait in the practice, and no more")
    else:
        rows = RiskFlag.objects.visible_to(user)
    open_ones = rows.filter(closed_at__isnull=True).order_by()
    found = open_ones.aggregate(count=Count("pk"), oldest=Min("created_at"))
    return Waiting(found["count"], found["oldest"])


def entry_to_look_at(flag: RiskFlag) -> Entry | None:
    """What raised it, as long as the client shares it."""
    entry: Entry | None = Entry.objects.filter(risk_flag=flag).shared().first()
    return entry
