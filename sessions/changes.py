"""Reads what became of a consultation: what may still be undone, and what still holds."""

from __future__ import annotations

from datetime import datetime

from sessions.models import FIRST_VERSION, Consultation, ConsultationChange, Side
from sessions.planning import GRACE


def undoable(consultation: Consultation, by: Side, now: datetime) -> ConsultationChange | None:
    """The change this side may still take back: the latest, its own, and made just now."""
    if consultation.version == FIRST_VERSION:
        return None
    last: ConsultationChange | None = consultation.changes.order_by("version").last()
    if last is None or last.version != consultation.version:
        return None
    is_own = last.by == by and last.action != ConsultationChange.Action.UNDONE
    return last if is_own and now < last.at + GRACE else None


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
