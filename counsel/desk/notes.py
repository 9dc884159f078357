"""The notes of a client's consultations: their list, and each on a page of its own, where it is
begun, written, signed and added to.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clients.access import client_of
from counsel.accounts.models import Counsellor
from counsel.accounts.roles import counsellor_of
from counsel.audit.models import Verb
from counsel.audit.services import record_access
from counsel.common.errors import ConflictError, DomainError
from counsel.common.http import require_get_or_post
from counsel.desk.autosaving import IN_TWO_WINDOWS, keeps_typing, record_writing, saved_words, typed
from counsel.desk.note_pages import note_page, writing_page
from counsel.desk.pages import Wrap, desk_page, for_counsellors
from sessions.access import noted_consultation_of
from sessions.desk.notes_forms import AddendumForm, NoteForm
from sessions.models import Consultation, ConsultationNote
from sessions.note_selectors import format_asked, notes_of
from sessions.notes import as_line, seen_now
from sessions.services import (
    note_add,
    note_begin,
    note_change_format,
    note_keep,
    note_sign,
    written_in,
)

PER_PAGE = 20


def urls(wrap: Wrap) -> list[URLPattern]:
    own = "<uuid:client_id>/notes/<uuid:consultation_id>/"
    return [
        path("<uuid:client_id>/notes/", wrap(notes), name="clients_client_notes"),
        path(own, wrap(note), name="clients_client_note"),
        path(f"{own}autosave/", keeps_typing(wrap(autosave)), name="clients_client_note_autosave"),
    ]


@for_counsellors
@require_safe
def notes(request: HttpRequest, client_id: uuid.UUID) -> HttpResponse:
    """All notes of one client, newest first; above them what has none yet."""
    client = client_of(request.user, client_id)
    record_access(verb=Verb.READ, subject=client, client_id=client.pk, request=request)
    unwritten = Consultation.objects.visible_to(request.user).without_note(timezone.now())
    context = {
        "client": client,
        "page": Paginator(notes_of(client), PER_PAGE).get_page(request.GET.get("page")),
        "unwritten": unwritten.filter(client=client).order_by("starts_at"),
    }
    return desk_page(request, "desk/notes/list.html", _("Notes"), context)


@for_counsellors
@require_get_or_post
def note(request: HttpRequest, client_id: uuid.UUID, consultation_id: uuid.UUID) -> HttpResponse:
    consultation = noted_consultation_of(request.user, client_id, consultation_id)
    if request.method != "POST":
        return note_page(request, consultation)
    button = next((name for name in _BUTTONS if name in request.POST), "save")
    found: ConsultationNote | None = getattr(consultation, "note", None)
    if (found is None) != (button == "begin"):
        # Begun by the first of two clicks; or, without a note, nothing to act on.
        return _back_to(consultation)
    try:
        page = _BUTTONS[button](request, consultation, found)
    except DomainError as error:
        # What was typed is saved by now.
        messages.error(request, error.message)
        page = None
    return page or _back_to(consultation)


@for_counsellors
def autosave(
    request: HttpRequest, client_id: uuid.UUID, consultation_id: uuid.UUID
) -> JsonResponse:
    """Takes `{"answers": {"section_0": ["…"]}, "was": "…"}`. Texts that another window changed
    go back, so that whoever writes sees all of them.
    """
    consultation = noted_consultation_of(request.user, client_id, consultation_id)
    found: ConsultationNote | None = getattr(consultation, "note", None)
    if found is None:
        raise Http404
    form = NoteForm(typed(request), written=written_in(found), version=found.version)
    form.is_valid()
    try:
        with transaction.atomic():
            kept = note_keep(note=found, written=form.written(), seen=form.seen)
            record_writing(request, found, client_id)
    except ConflictError:
        message = _("This note was signed meanwhile. Press Save: your words are not lost.")
        return JsonResponse({"message": message}, status=409)
    told = {
        "errors": {name: str(errors[0]) for name, errors in form.errors.items()},
        # What another window wrote, for the page to show as well.
        "texts": form.texts_other_than_sent(kept),
        "was": as_line(seen_now(form.seen, found.version, kept)),
        "said": saved_words(found.saved_at),
    }
    return JsonResponse(told)


# --- The buttons of a note's page. Each gives a page only where something needs a look. ----------


@transaction.atomic
def _begin(request: HttpRequest, consultation: Consultation, _note: Any) -> None:
    format, headings = format_asked(request.POST["begin"])
    begun = note_begin(
        consultation=consultation, author=_reader(request), format=format, headings=headings
    )
    _record(request, begun, consultation, Verb.CREATE)


def _sign(request: HttpRequest, consultation: Consultation, note: Any) -> HttpResponse | None:
    if page := _keep(request, consultation, note):
        return page
    # By the first of two clicks it is signed already.
    if note.signed_at is None:
        with transaction.atomic():
            note_sign(note=note, version=note.version, by=_reader(request))
            _record(request, note, consultation, Verb.CHANGE)
        messages.success(request, _("Signed. It stays as it is; you can still add to it."))
    return None


def _change_format(
    request: HttpRequest, consultation: Consultation, note: Any
) -> HttpResponse | None:
    if page := _keep(request, consultation, note):
        return page
    format, headings = format_asked(request.POST["format"])
    with transaction.atomic():
        note_change_format(note=note, version=note.version, format=format, headings=headings)
        _record(request, note, consultation, Verb.CHANGE)
    return None


@transaction.atomic
def _add(request: HttpRequest, consultation: Consultation, note: Any) -> HttpResponse | None:
    form = AddendumForm(request.POST)
    if not form.is_valid():
        return note_page(request, consultation, adding=form)
    added = note_add(note=note, author=_reader(request), text=form.cleaned_data["text"])
    _record(request, added, consultation, Verb.CREATE)
    messages.success(request, _("Added."))
    return None


@transaction.atomic
def _keep(
    request: HttpRequest, consultation: Consultation, note: ConsultationNote
) -> HttpResponse | None:
    """Save what was sent. Gives a page where something cannot be kept, where another window wrote
    as well, and where the note was signed meanwhile.
    """
    form = NoteForm(request.POST, written=written_in(note), version=note.version)
    if not form.is_valid():
        return writing_page(request, consultation, note, form=form)
    try:
        kept = note_keep(note=note, written=form.written(), seen=form.seen)
    except ConflictError:
        return _signed_meanwhile(request, consultation, note, form)
    _record(request, note, consultation, Verb.CHANGE)
    if kept == form.written():
        return None
    messages.warning(request, IN_TWO_WINDOWS)
    return _back_to(consultation)


def _signed_meanwhile(
    request: HttpRequest, consultation: Consultation, note: ConsultationNote, form: NoteForm
) -> HttpResponse:
    """What was typed and is not in the signed note waits in the field of an addendum."""
    signed, sent = written_in(note), form.written()
    there = {section.text for section in signed.sections} | {signed.agreed, ""}
    texts = [section.text for section in sent.sections] + [sent.agreed]
    left = "\n\n".join(text for text in texts if text not in there)
    consultation.note = note
    page = note_page(request, consultation, adding=AddendumForm(initial={"text": left}))
    page.status_code = 409
    return page


# Saving is keeping, and no more.
_BUTTONS: dict[str, Callable[[HttpRequest, Consultation, Any], HttpResponse | None]] = {
    "begin": _begin,
    "sign": _sign,
    "format": _change_format,
    "add": _add,
    "save": _keep,
}


def _reader(request: HttpRequest) -> Counsellor:
    counsellor = counsellor_of(request.user)
    assert counsellor is not None  # noqa: S101  (held by `for_counsellors`)
    return counsellor


def _record(request: HttpRequest, subject: Any, consultation: Consultation, verb: Verb) -> None:
    record_access(verb=verb, subject=subject, client_id=consultation.client_id, request=request)


def _back_to(consultation: Consultation) -> HttpResponse:
    return redirect("admin:clients_client_note", consultation.client_id, consultation.pk)
