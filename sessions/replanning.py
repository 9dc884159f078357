"""Reminders are worked out anew when a client or the practice chooses otherwise."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from uuid import UUID

from django.db.models import Max, QuerySet

from clients.models import Client
from clients.replanning import register_replanner
from counsel.accounts.practice import Practice, practice
from counsel.accounts.settled import register_follower
from sessions.models import Consultation, ConsultationChange, Status
from sessions.planning import GRACE
from sessions.reminding import reminders_keep

# So many are worked out at a time.
BATCH = 500


def register() -> None:
    register_replanner(consultation_reminders_replan)
    register_follower(Practice, practice_follow)


def consultation_reminders_replan(client: Client, now: datetime) -> None:
    """Brings the reminders of this client's coming consultations in line with their choices."""
    _replan(Consultation.objects.filter(client=client), practice(), now)


def practice_follow(decided: Practice, now: datetime) -> None:
    """Brings those of all coming consultations in line with what the practice decided."""
    everybodys = Consultation.objects.across_caseloads("what the practice decides is for all")
    _replan(everybodys, decided, now)


def _replan(among: QuerySet[Consultation], decided: Practice, now: datetime) -> None:
    firm = among.filter(status=Status.CONFIRMED, starts_at__gt=now)
    light = firm.select_related("client").defer("intake", "words", "client__emergency_contact")
    for keys in _batches(list(firm.order_by("pk").values_list("pk", flat=True))):
        rows = list(light.filter(pk__in=keys))
        since = {row.pk: now for row in rows} | _untold(keys, now)
        reminders_keep(rows, decided, since, now)


def _untold(keys: Collection[UUID], now: datetime) -> dict[UUID, datetime]:
    """When the client will hear of those that were changed a moment ago."""
    changes = ConsultationChange.objects.filter(consultation__in=keys, at__gt=now - GRACE)
    last = changes.order_by().values_list("consultation").annotate(last=Max("at"))
    return {key: at + GRACE for key, at in last}


def _batches(keys: list[UUID]) -> Iterator[list[UUID]]:
    for begin in range(0, len(keys), BATCH):
        yield keys[begin : begin + BATCH]
