"""How a note is shown: before it is begun, while it is written, and signed. The brief stands
beside until then, as it was when the consultation began.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from counsel.accounts.roles import counsellor_of
from counsel.audit.models import Verb
from counsel.audit.services import record_access
from counsel.desk.autosaving import saved_words
from counsel.desk.brief import brief_of
from counsel.desk.pages import desk_page
from sessions.desk.notes_forms import AddendumForm, NoteForm
from sessions.models import KEPT, Consultation, ConsultationNote
from sessions.note_selectors import (
    last_format,
    note_formats,
    talking_points_of,
)
from sessions.services import written_in


def note_page(
    request: HttpRequest, consultation: Consultation, *, adding: AddendumForm | None = None
) -> HttpResponse:
    note: ConsultationNote | None = getattr(consultation, "note", None)
    if note is None:
        return _before_it_begins(request, consultation)
    if note.signed_at is None:
        return writing_page(request, consultation, note)
    record_access(verb=Verb.READ, subject=note, client_id=consultation.client_id, request=request)
    context = {
        **_about(consultation),
        "note": note,
        "addenda": note.addenda.select_related("author"),
        "form": adding or AddendumForm(),
        "is_left": adding is not None and not adding.is_bound,
    }
    is_refused = adding is not None and adding.is_bound
    return desk_page(request, "desk/notes/read.html", _("Note"), context, is_refused=is_refused)


def _before_it_begins(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    record_access(
        verb=Verb.READ, subject=consultation, client_id=consultation.client_id, request=request
    )
    counsellor = counsellor_of(request.user)
    has_begun = consultation.starts_at <= timezone.now()
    context = {
        **_about(consultation),
        "may_begin": has_begun and consultation.status in KEPT,
        "has_begun": has_begun,
        "formats": note_formats(),
        "last": (counsellor and last_format(counsellor)) or ConsultationNote.Format.FREE,
        **_beside(consultation),
    }
    return desk_page(request, "desk/notes/begin.html", _("Note"), context)


def writing_page(
    request: HttpRequest,
    consultation: Consultation,
    note: ConsultationNote,
    *,
    form: NoteForm | None = None,
) -> HttpResponse:
    """`form` is one that was refused."""
    record_access(verb=Verb.READ, subject=note, client_id=consultation.client_id, request=request)
    context = {
        **_about(consultation),
        "note": note,
        "form": form or NoteForm(None, written=written_in(note), version=note.version),
        "saved": saved_words(note.saved_at) if note.version > 1 else "",
        "formats": note_formats(),
        **_beside(consultation),
    }
    is_refused = form is not None
    return desk_page(request, "desk/notes/write.html", _("Note"), context, is_refused=is_refused)


def _about(consultation: Consultation) -> dict[str, Any]:
    return {"consultation": consultation, "client": consultation.client}


def _beside(consultation: Consultation) -> dict[str, Any]:
    """The brief of the time up to this consultation, and what the client wanted to talk about."""
    before = consultation.starts_at - timedelta(seconds=1)
    return {
        "brief": brief_of(consultation.client, before),
        "talking_points": talking_points_of(consultation),
    }
