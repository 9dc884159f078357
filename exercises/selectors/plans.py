"""The rhythm of assignments, with the dates of consultations where a rhythm goes by them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from uuid import UUID

from counsel.common.zones import local_date
from exercises.models import Assignment
from exercises.plans import DAYS_BEFORE_MEETING, ONE_DAY, Plan
from sessions.models import KEPT, Consultation

# No two zones are further apart than this.
_ANY_ZONE = timedelta(days=1)


def plans_of(assignments: Collection[Assignment], first: date, last: date) -> dict[UUID, Plan]:
    """Each assignment's plan, true for the client's local days `first` to `last`.

    One query more where some of them go by consultations. Load `client` with them.
    """
    meetings = _meetings([a for a in assignments if a.goes_by_meetings], first, last)
    return {a.pk: a.plan_among(meetings.get(a.client_id, ())) for a in assignments}


def _meetings(
    assignments: Collection[Assignment], first: date, last: date
) -> dict[UUID, set[date]]:
    found: dict[UUID, set[date]] = {}
    if not assignments:
        return found
    zones = {a.client_id: a.client.zone for a in assignments}
    # A turn ends with a meeting, and begins after the one before it.
    turn = DAYS_BEFORE_MEETING * ONE_DAY
    rows = Consultation.objects.filter(
        client__in=zones,
        status__in=KEPT,
        starts_at__date__gte=first - turn - _ANY_ZONE,
        starts_at__date__lte=last + turn + _ANY_ZONE,
    )
    for client_id, starts_at in rows.order_by().values_list("client_id", "starts_at"):
        found.setdefault(client_id, set()).add(local_date(starts_at, zones[client_id]))
    return found
