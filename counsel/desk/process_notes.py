"""Process notes: a counsellor's own thinking about a client. No part of the record: no colleague,
no manager, no client and no export ever sees them.
"""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from clients.access import client_of
from clients.models import Client
from counsel.audit.models import Verb
from counsel.audit.services import record_access
from counsel.common.errors import DomainError
from counsel.common.http import require_get_or_post
from counsel.desk.autosaving import (
    IN_TWO_WINDOWS,
    keeps_typing,
    record_writing,
    saved_words,
    typed,
)
from counsel.desk.pages import Wrap, desk_page, for_counsellors
from sessions.access import process_note_of
from sessions.desk.notes_forms import ProcessNoteForm
from sessions.models import ProcessNote
from sessions.note_selectors import process_notes_of
from sessions.notes import as_line, one_text, seen_of
from sessions.services import process_note_begin, process_note_keep, process_note_remove

PER_PAGE = 20


def urls(wrap: Wrap) -> list[URLPattern]:
    every, own = "<uuid:client_id>/process-notes/", "<uuid:client_id>/process-notes/<uuid:note_id>/"
    name = "clients_client_process_note"
    return [
        path(every, wrap(process_notes), name=f"{name}s"),
        path(own, wrap(process_note), name=name),
        path(f"{own}autosave/", keeps_typing(wrap(autosave)), name=f"{name}_autosave"),
    ]


@for_counsellors
@require_get_or_post
def process_notes(request: HttpRequest, client_id: uuid.UUID) -> HttpResponse:
    """All of the reader's own about one client, newest first; POST begins another."""
    client = client_of(request.user, client_id)
    if request.method == "POST":
        return _to(_begun(request, client))
    record_access(verb=Verb.READ, subject=client, client_id=client.pk, request=request)
    rows = process_notes_of(request.user, client)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {"client": client, "page": page}
    return desk_page(request, "desk/notes/process_list.html", _("Process notes"), context)


@for_counsellors
@require_get_or_post
def process_note(request: HttpRequest, client_id: uuid.UUID, note_id: uuid.UUID) -> HttpResponse:
    try:
        note = process_note_of(request.user, client_id, note_id)
    except Http404:
        if request.method != "POST" or "remove" in request.POST:
            raise
        # Removed in another window while these words were typed: they are not lost with it.
        note = _begun(request, client_of(request.user, client_id))
    if request.method != "POST":
        return _page(request, note, ProcessNoteForm(None, text=note.text, version=note.version))
    form = ProcessNoteForm(request.POST, text=note.text, version=note.version)
    if "remove" in request.POST:
        return _remove(request, note, form.seen.version)
    if not form.is_valid():
        return _page(request, note, form)
    text = form.cleaned_data["text"]
    with transaction.atomic():
        kept = process_note_keep(note=note, text=text, seen=form.seen)
        _record(request, note, Verb.CHANGE)
    if kept != text:
        messages.warning(request, IN_TWO_WINDOWS)
    return _to(note)


@for_counsellors
def autosave(request: HttpRequest, client_id: uuid.UUID, note_id: uuid.UUID) -> JsonResponse:
    """Takes `{"answers": {"text": ["…"]}, "was": "…"}`."""
    note = process_note_of(request.user, client_id, note_id)
    form = ProcessNoteForm(typed(request), text=note.text, version=note.version)
    if not form.is_valid():
        refused = {"text": str(form.errors["text"][0])}
        return JsonResponse({"errors": refused, "texts": {}, "was": form.was})
    text = form.cleaned_data["text"]
    with transaction.atomic():
        kept = process_note_keep(note=note, text=text, seen=form.seen)
        record_writing(request, note, client_id)
    told = {
        "errors": {},
        "texts": {} if kept == text else {"text": kept},
        "was": as_line(seen_of(note.version, one_text(kept))),
        "said": saved_words(note.saved_at),
    }
    return JsonResponse(told)


@transaction.atomic
def _begun(request: HttpRequest, client: Client) -> ProcessNote:
    begun = process_note_begin(client=client, author=client.counsellor)
    _record(request, begun, Verb.CREATE)
    return begun


def _page(request: HttpRequest, note: ProcessNote, form: ProcessNoteForm) -> HttpResponse:
    _record(request, note, Verb.READ)
    context = {
        "client": note.client,
        "note": note,
        "form": form,
        "saved": saved_words(note.saved_at) if note.version > 1 else "",
    }
    title, is_refused = _("Process note"), form.is_bound
    return desk_page(
        request, "desk/notes/process_write.html", title, context, is_refused=is_refused
    )


def _remove(request: HttpRequest, note: ProcessNote, version: int) -> HttpResponse:
    try:
        with transaction.atomic():
            process_note_remove(note=note, version=version)
            _record(request, note, Verb.CHANGE)
    except DomainError as error:
        messages.error(request, error.message)
        return _to(note)
    messages.success(request, _("Removed."))
    return redirect("admin:clients_client_process_notes", note.client_id)


def _record(request: HttpRequest, note: ProcessNote, verb: Verb) -> None:
    record_access(verb=verb, subject=note, client_id=note.client_id, request=request)


def _to(note: ProcessNote) -> HttpResponse:
    return redirect("admin:clients_client_process_note", note.client_id, note.pk)
