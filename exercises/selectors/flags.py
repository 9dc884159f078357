"""Which flags wait, for the people who may know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, Min, OuterRef, Q

from clients.models import Cover
from counsel.accounts.practice import practice
from counsel.accounts.querysets import CaseloadQuerySet
from counsel.accounts.roles import AnyUser, counsellor_of, is_manager
from counsel.common.wall import whole_practice
from exercises.models import Entry, RiskFlag


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many flags are open, and since when the oldest is. Names nobody."""

    count: int
    oldest: datetime | None


def flags_open(user: AnyUser) -> Waiting:
    """A counsellor's own; of the whole practice for a manager without a caseload. One query."""
    if is_manager(user) and counsellor_of(user) is None:
        with whole_practice():
            return _open_among(
                RiskFlag.objects.across_caseloads("how many wait in the practice, and no more")
            )
    return _open_among(RiskFlag.objects.visible_to(user))


def _open_among(rows: CaseloadQuerySet) -> Waiting:
    open_ones = rows.filter(closed_at__isnull=True).order_by()
    found = open_ones.aggregate(count=Count("pk"), oldest=Min("created_at"))
    return Waiting(found["count"], found["oldest"])


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A colleague whose flags wait. Names no client."""

    counsellor: str
    count: int
    oldest: datetime


def flags_elsewhere(user: AnyUser, now: datetime) -> list[Elsewhere]:
    """Flags of others that somebody else should know of: those that stayed open too long, for who
    stands in and who runs the practice; and those about a record that is lent to the reader.

    One query, and one more where some are open.
    """
    own = counsellor_of(user)
    of_others = Q(client__counsellor__stand_in=own) if own else Q(pk=None)
    if is_manager(user):
        of_others = ~Q(client__counsellor__user=user.pk)
    lent = Cover.objects.lent_to(user, now).filter(client=OuterRef("client"))
    with whole_practice():
        rows = RiskFlag.objects.across_caseloads("that a colleague's flag waits, and no more")
        found = list(
            rows.filter(closed_at__isnull=True)
            .annotate(is_lent=Exists(lent))
            .filter(of_others | Q(is_lent=True))
            .order_by("created_at")
            .values_list("client__counsellor__display_name", "created_at", "is_lent")
        )
    if not found:
        return []
    latest = now - timedelta(hours=practice().flag_hours)
    since: dict[str, list[datetime]] = {}
    for name, raised_at, is_lent in found:
        if is_lent or raised_at <= latest:
            since.setdefault(name, []).append(raised_at)
    return [Elsewhere(name, len(some), some[0]) for name, some in since.items()]


def entry_to_look_at(flag: RiskFlag) -> Entry | None:
    """What raised it, as long as the client shares it."""
    entry: Entry | None = Entry.objects.filter(risk_flag=flag).shared().first()
    return entry
