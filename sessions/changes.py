"""Reads what became of a consultation: what may still be undone, and what still holds."""

from __future__ import annotations

from datetime import datetime

from clients.models import Client
from sessions.models import FIRST_VERSION, Consultation, ConsultationChange, Side
from sessions.planning import GRACE


def undoable(consultation: Consultation, by: Side, now: datetime) -> ConsultationChange | None:
    """The change this side may still take back: the latest, its own, and made just now."""
    if consultation.version == FIRST_VERSION:
        return None
    last: ConsultationChange | None = consultation.changes.order_by("version").last()
    return last if last and _may_be_undone(last, consultation, by, now) else None


def all_undoable(client: Client, by: Side, now: datetime) -> list[ConsultationChange]:
    """What this side may still take back of all of one client's consultations, in one query."""
    recent = ConsultationChange.objects.filter(
        consultation__client=client, by=by, at__gt=now - GRACE
    ).select_related("consultation")
    return [change for change in recent if _may_be_undone(change, change.consultation, by, now)]


def _may_be_undone(
    change: ConsultationChange, consultation: Consultation, by: Side, now: datetime
) -> bool:
    is_latest = change.version == consultation.version
    is_own = change.by == by and change.action != ConsultationChange.Action.UNDONE
    return is_latest and is_own and now < change.at + GRACE


def versions_that_hold(consultation: Consultation) -> set[int]:
    """The versions in which it was as it is now: this one, and those that undoing went back to.

    Undoing counts one version up like every change, and yet what was mailed before holds again.
    """
    undone = set(
        consultation.changes.filter(action=ConsultationChange.Action.UNDONE).values_list(
            "version", flat=True
        )
    )
    version = consultation.version
    holding = {version}
    while version in undone:
        version -= 2
        holding.add(version)
    return holding


def is_as_in(consultation: Consultation, version: int) -> bool:
    """Whether it is as it was in that version: untouched since, or changed and put back."""
    return version == consultation.version or version in versions_that_hold(consultation)
