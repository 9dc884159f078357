"""Reads of notes: what is still to be written or signed, and what was agreed."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from clients.models import Client
from counsel.accounts.roles import AnyUser, counsellor_of
from sessions.models import Consultation, ConsultationNote, NoteTemplate, Status
from sessions.selectors import last_held_consultation


def notes_of(client: Client) -> QuerySet[ConsultationNote]:
    """Newest consultation first."""
    rows = ConsultationNote.objects.filter(consultation__client=client)
    return rows.select_related("consultation__service", "author", "signed_by").order_by(
        "-consultation__starts_at", "-pk"
    )


def notes_to_sign(user: AnyUser) -> QuerySet[ConsultationNote]:
    """Drafts about the clients in this counsellor's own care, oldest consultation first."""
    rows = ConsultationNote.objects.unsigned()
    rows = rows.filter(consultation__client__counsellor=counsellor_of(user))
    return rows.select_related("consultation__client").order_by("consultation__starts_at")


def consultations_without_note(
    user: AnyUser, since: datetime, *, client: Client | None = None
) -> QuerySet[Consultation]:
    """Held by this counsellor since then, with clients still in their care; oldest first."""
    counsellor = counsellor_of(user)
    rows = Consultation.objects.filter(
        counsellor=counsellor,
        client__counsellor=counsellor,
        status=Status.COMPLETED,
        starts_at__gte=since,
        note__isnull=True,
    )
    rows = rows if client is None else rows.filter(client=client)
    return rows.select_related("client", "service").order_by("starts_at")


def agreed_last_time(client: Client, now: datetime) -> tuple[Consultation, str] | None:
    """What the note of the last held consultation says was agreed, be it signed or not."""
    last = last_held_consultation(client, now)
    if last is None:
        return None
    note = ConsultationNote.objects.filter(consultation=last).only("id", "agreed").first()
    return (last, note.agreed) if note is not None and note.agreed else None


def formats_in_use() -> list[NoteTemplate]:
    """The practice's own, by name."""
    return list(NoteTemplate.objects.filter(in_use=True).order_by("name"))
