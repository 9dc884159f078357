"""How an appointment stands for whoever opened a page about it, and what they may do."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from clients.models import Client
from sessions.changes import all_undoable, is_as_in, undoable
from sessions.models import HOLDING, Consultation, ConsultationChange, Side, Status
from sessions.planning import GRACE


class Standing(StrEnum):
    OPEN = "open"
    # Still on, but not as the page or the mail said.
    CHANGED = "changed"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    # It has begun, or has been.
    OVER = "over"


def standing(consultation: Consultation, version: int, now: datetime) -> Standing:
    """How it stands for whoever saw that version of it."""
    if consultation.status == Status.DECLINED:
        return Standing.DECLINED
    if consultation.status not in (*HOLDING, Status.COMPLETED, Status.NO_SHOW):
        return Standing.CANCELLED
    if consultation.status not in HOLDING or consultation.starts_at <= now:
        return Standing.OVER
    return Standing.OPEN if is_as_in(consultation, version) else Standing.CHANGED


def words_for_client(consultation: Consultation) -> str:
    """What the counsellor wrote to them about what is still so."""
    of_now = (*HOLDING, Status.DECLINED, Status.CANCELLED_BY_COUNSELLOR)
    return consultation.words or "" if consultation.status in of_now else ""


def seen_version(request: HttpRequest) -> int:
    """The version a form was about; 0, which none has, where it says nothing of the kind."""
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def may_be_moved(consultation: Consultation, now: datetime) -> bool:
    """Whether the client may still choose another time."""
    return consultation.status in HOLDING and now <= consultation.moves_until


def done_already(consultation: Consultation, version: int, **change: Any) -> bool:
    """Whether the latest change is this one, the client's, made to what they saw.

    So it is when the same button is pressed again.
    """
    changes = ConsultationChange.objects.filter(consultation=consultation, by=Side.CLIENT)
    if not changes.filter(version=consultation.version, **change).exists():
        return False
    before = copy.copy(consultation)
    before.version -= 1
    return is_as_in(before, version)


@dataclass(frozen=True)
class Undo:
    """What the client has just done and may still take back, until then."""

    change: ConsultationChange
    until: datetime

    @property
    def is_move(self) -> bool:
        return self.change.action == ConsultationChange.Action.MOVED


def undo_of(consultation: Consultation, now: datetime) -> Undo | None:
    change = undoable(consultation, Side.CLIENT, now)
    return Undo(change, change.at + GRACE) if change else None


def undos_of(client: Client, now: datetime) -> dict[UUID, Undo]:
    """All that this client has just done, by consultation."""
    changes = all_undoable(client, Side.CLIENT, now)
    return {change.consultation_id: Undo(change, change.at + GRACE) for change in changes}
