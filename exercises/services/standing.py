"""Where a client stands, kept: marked as out of date by whatever changes it, reckoned when a
list is about to be shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import F, QuerySet

from clients.models import Client
from counsel.common.inserting import insert_if_new
from exercises.models import Standing
from exercises.selectors.standing import stale_standings, standings_of

AT_ONCE = 500
_RECKONED = [
    field.name for field in Standing._meta.fields if field.name not in ("client", "changes")
]


def standing_touch(*, client_id: UUID) -> None:
    """Its row is not true any more. To be called within the transaction of any change to what
    it is reckoned from: entries and who reads them, reviews, flags, scores, assignments.

    After the change: whoever has this row waits for no other of the client's.
    """
    row = Standing.objects.filter(client=client_id)
    if row.update(changes=F("changes") + 1):
        return
    if not insert_if_new(Standing(client_id=client_id, changes=1)):
        row.update(changes=F("changes") + 1)


def standings_refresh(*, clients: QuerySet[Client], now: datetime) -> None:
    """Reckon anew those of these clients that are not true any more.

    A change that comes between reading and writing is not lost: what is written says for how
    many changes it was reckoned, and `changes` is left to those who count them.
    """
    stale = stale_standings(clients, now)
    for start in range(0, len(stale), AT_ONCE):
        standings_keep(standings_of(stale[start : start + AT_ONCE]))


def standings_keep(standings: Sequence[Standing]) -> None:
    """Write what was reckoned, and of rows that are there all but the count of their changes."""
    Standing.objects.bulk_create(
        standings,
        update_conflicts=True,
        unique_fields=["client"],
        update_fields=_RECKONED,
    )
