"""Reads of notes, and of what stands beside one while it is written."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from clients.models import Client
from counsel.accounts.models import Counsellor
from counsel.accounts.roles import AnyUser
from counsel.common.errors import DomainError
from sessions.models import (
    Consultation,
    ConsultationNote,
    NoteTemplate,
    ProcessNote,
    TalkingPoint,
)
from sessions.notes import HEADINGS

Format = ConsultationNote.Format


def notes_of(client: Client) -> QuerySet[ConsultationNote]:
    """Newest consultation first."""
    rows = ConsultationNote.objects.filter(consultation__client=client)
    return rows.select_related("consultation__service", "author", "signed_by").order_by(
        "-consultation__starts_at", "-pk"
    )


def process_notes_of(user: AnyUser, client: Client) -> QuerySet[ProcessNote]:
    """The reader's own, newest first; one that was begun and never written into is none."""
    own = ProcessNote.objects.visible_to(user).filter(client=client, version__gt=1)
    return own.order_by("-created_at", "-pk")


def signed_notes(client: Client) -> QuerySet[ConsultationNote]:
    """Oldest consultation first, with what was added to each."""
    rows = ConsultationNote.objects.filter(consultation__client=client, signed_at__isnull=False)
    return (
        rows.select_related("consultation", "signed_by")
        .prefetch_related("addenda__author")
        .order_by("consultation__starts_at", "pk")
    )


def talking_points_of(consultation: Consultation) -> QuerySet[TalkingPoint]:
    """What the client wanted to talk about in it: written before its end, not settled before it."""
    not_before = Q(settled_at__isnull=True) | Q(settled_at__gte=consultation.starts_at)
    rows = TalkingPoint.objects.filter(
        not_before, client=consultation.client_id, written_at__lt=consultation.ends_at
    )
    return rows.order_by("written_at")


@dataclass(frozen=True, slots=True)
class Offered:
    """A format to write in; `value` is what a button sends."""

    value: str
    label: str
    headings: tuple[str, ...]


def note_formats() -> list[Offered]:
    """The built-in ones, then the practice's own, by name."""
    built_in = [
        Offered(format, str(Format(format).label), tuple(str(line) for line in headings if line))
        for format, headings in HEADINGS.items()
    ]
    own = NoteTemplate.objects.filter(in_use=True).order_by("name")
    return [
        *built_in,
        *(Offered(str(row.pk), row.name, tuple(row.headings.splitlines())) for row in own),
    ]


def format_asked(value: str) -> tuple[str, tuple[str, ...]]:
    """The format a button asks for, with the headings of a practice's own. Raises DomainError."""
    if value in HEADINGS:
        return value, ()
    for offered in note_formats():
        if offered.value == value:
            return Format.OWN, offered.headings
    raise DomainError(_("This format is not offered any more. Choose another one."))


def last_format(counsellor: Counsellor) -> str:
    """The built-in format this counsellor wrote in last; empty before the first note."""
    written = ConsultationNote.objects.filter(author=counsellor).exclude(format=Format.OWN)
    last = written.order_by("-saved_at").values_list("format", flat=True).first()
    return last or ""
