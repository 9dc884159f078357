"""The only writer of notes. A save is compare-and-swap on the version: who writes into what was
changed in another window gets a ConflictError, and no word of either is touched. What is signed
never changes again; the database refuses it as well (`sessions/note_guards.py`).
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.models import Client
from counsel.accounts.models import Counsellor
from counsel.common.errors import ConflictError, DomainError
from counsel.common.inserting import insert_if_new
from sessions.models import KEPT, Consultation, ConsultationNote, NoteAddendum, ProcessNote
from sessions.notes import (
    HEADINGS,
    Seen,
    Written,
    as_rows,
    begun,
    from_rows,
    in_format,
    join,
    one_text,
)

Format = ConsultationNote.Format


@transaction.atomic
def note_begin(
    *,
    consultation: Consultation,
    author: Counsellor,
    format: str = Format.FREE,
    headings: Sequence[str] = (),
) -> ConsultationNote:
    """The one note of this consultation: an empty one, or the one that was begun before.

    `headings` are those of a format of the practice's own.
    """
    now = timezone.now()
    if consultation.status not in KEPT:
        raise DomainError(_("This consultation was called off."))
    if consultation.starts_at > now:
        raise DomainError(_("It has not begun yet."))
    note = ConsultationNote(consultation=consultation, author=author, format=format, saved_at=now)
    note.sections = as_rows(begun(_headings(format, headings)))
    if insert_if_new(note):
        return note
    return ConsultationNote.objects.get(consultation=consultation)


@transaction.atomic
def note_save(*, note: ConsultationNote, version: int, written: Written) -> ConsultationNote:
    """Raises ConflictError where the note is not as version `version` left it any more."""
    if note.version == version and written == written_in(note):
        return note
    _take(note, version)
    note.sections, note.agreed = as_rows(written.sections), written.agreed
    note.save(update_fields=["sections", "agreed"])
    return note


@transaction.atomic
def note_keep(*, note: ConsultationNote, written: Written, seen: Seen) -> Written:
    """Save what was sent by a page that was shown with `seen`, together with what another window
    wrote meanwhile. Returns what the note now holds. Raises ConflictError where it was signed.
    """
    try:
        note_save(note=note, version=seen.version, written=written)
    except ConflictError:
        note.refresh_from_db(from_queryset=ConsultationNote.objects.these(note).select_for_update())
        if note.signed_at is not None:
            raise
        joined = join(written_in(note), written, seen)
        note_save(note=note, version=note.version, written=joined)
    return written_in(note)


@transaction.atomic
def note_change_format(
    *, note: ConsultationNote, version: int, format: str, headings: Sequence[str] = ()
) -> ConsultationNote:
    """Nothing that was typed is lost: see `sessions.notes.in_format`."""
    sections = in_format(from_rows(note.sections), _headings(format, headings))
    _take(note, version)
    note.format, note.sections = format, as_rows(sections)
    note.save(update_fields=["format", "sections"])
    return note


@transaction.atomic
def note_sign(*, note: ConsultationNote, version: int, by: Counsellor) -> ConsultationNote:
    """Lock it as it stands. `version` is what whoever signs has read."""
    if written_in(note).is_empty:
        raise DomainError(_("There is nothing in this note yet."))
    now = timezone.now()
    signed = _unchanged(note, version).update(signed_at=now, signed_by=by)
    if not signed:
        raise ConflictError(_("This note has changed in the meantime."))
    note.signed_at, note.signed_by = now, by
    return note


def note_add(*, note: ConsultationNote, author: Counsellor, text: str) -> NoteAddendum:
    """Later words on what was signed. They stay as they are, too."""
    text = text.strip()
    if note.signed_at is None:
        raise DomainError(_("This note is not signed yet: write it there."), field="text")
    if not text:
        raise DomainError(_("Write what you want to add."), field="text")
    return NoteAddendum.objects.create(note=note, author=author, text=text)


def written_in(note: ConsultationNote) -> Written:
    return Written(from_rows(note.sections), note.agreed)


def _headings(format: str, headings: Sequence[str]) -> Sequence[str]:
    return headings if format == Format.OWN else [str(line) for line in HEADINGS[format]]


def _unchanged(note: ConsultationNote, version: int) -> QuerySet[ConsultationNote]:
    rows = ConsultationNote.objects.these(note).unsigned()
    return rows.filter(version=version)


def _take(note: ConsultationNote, version: int) -> None:
    """Make the next version ours, before anything is written into it."""
    now = timezone.now()
    if not _unchanged(note, version).update(version=version + 1, saved_at=now):
        raise ConflictError(_("This note has changed in the meantime."))
    note.version, note.saved_at = version + 1, now


# --- The counsellor's own thinking --------------------------------------------------------------


@transaction.atomic
def process_note_begin(*, client: Client, author: Counsellor) -> ProcessNote:
    """An empty one; the same as before where nothing was ever written into that."""
    if client.counsellor_id != author.pk:
        raise DomainError(_("This client is in a colleague's care."))
    own = ProcessNote.objects.filter(client=client, author=author)
    empty: ProcessNote | None = own.filter(version=1).first()
    return empty or ProcessNote.objects.create(
        client=client, author=author, saved_at=timezone.now()
    )


@transaction.atomic
def process_note_keep(*, note: ProcessNote, text: str, seen: Seen) -> str:
    """Like `note_keep`, for one text."""
    try:
        process_note_save(note=note, version=seen.version, text=text)
    except ConflictError:
        note.refresh_from_db(from_queryset=ProcessNote.objects.these(note).select_for_update())
        joined = join(one_text(note.text), one_text(text), seen)
        process_note_save(note=note, version=note.version, text=joined.sections[0].text)
    kept: str = note.text
    return kept


@transaction.atomic
def process_note_save(*, note: ProcessNote, version: int, text: str) -> ProcessNote:
    if note.version == version and note.text == text:
        return note
    now = timezone.now()
    rows = ProcessNote.objects.these(note).filter(version=version)
    if not rows.update(version=version + 1, saved_at=now):
        raise ConflictError(_("This note has changed in the meantime."))
    note.version, note.saved_at, note.text = version + 1, now, text
    note.save(update_fields=["text"])
    return note


def process_note_remove(*, note: ProcessNote, version: int) -> None:
    """Raises ConflictError where something was written since the page was shown."""
    deleted, _rows = ProcessNote.objects.these(note).filter(version=version).delete()
    if not deleted:
        raise ConflictError(_("This note has changed in the meantime."))
