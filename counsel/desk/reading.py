"""Reading a shared entry, answering it, and ticking it as talked about."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from clients.access import client_of
from counsel.accounts.roles import counsellor_of
from counsel.audit.models import Verb
from counsel.audit.services import record_access
from counsel.common.errors import DomainError
from counsel.desk.forms import QualityForm, ReplyForm
from counsel.desk.pages import Wrap, desk_page, for_counsellors
from counsel.desk.results import score_context
from exercises.access import shared_entry_of
from exercises.answers import readable
from exercises.models import Entry
from exercises.quoting import quotable
from exercises.selectors.told import unread_entries
from exercises.services.replies import (
    entry_judge,
    entry_mark_reviewed,
    entry_mark_seen,
    reply_write,
)


def urls(wrap: Wrap) -> list[URLPattern]:
    at = "<uuid:client_id>/entries/<uuid:entry_id>/"
    return [path(at, wrap(read_entry), name="clients_client_entry")]


@for_counsellors
def read_entry(request: HttpRequest, client_id: uuid.UUID, entry_id: uuid.UUID) -> HttpResponse:
    """What was asked and answered. Opening it marks it as seen; the client sees who opened it."""
    try:
        entry = shared_entry_of(request.user, entry_id)
    except Http404:
        if request.POST.get("text", "").strip() and not request.POST.keys() & _NOTES.keys():
            return _give_back(request, client_id)
        raise
    if entry.client_id != client_id:
        raise Http404
    if request.method == "POST" and request.POST.keys() & _NOTES.keys():
        return _note(request, entry)
    form = ReplyForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _reply(request, entry, form):
        return _back(request, entry)
    record_access(verb=Verb.READ, subject=entry, client_id=client_id, request=request)
    context = {
        **score_context(entry),
        "entry": entry,
        "client": entry.client,
        "answers": readable(entry.steps(), entry.answers),
        "review": entry_mark_seen(entry=entry),
        "qualities": QualityForm.WORDS,
        "late_days": entry.days_late,
        "replies": entry.replies.select_related("author"),
        "quotable": quotable(entry.steps(), entry.answers),
        "pinned": set(entry.pins.values_list("field", flat=True)),
        "form": form,
        "next_unread": next(iter(unread_entries(entry.client, most=1)), None),
    }
    return desk_page(request, "desk/entry.html", _("Entry"), context)


def _give_back(request: HttpRequest, client_id: uuid.UUID) -> HttpResponse:
    """The words of a reply to what is not there any more: taken back, or changed meanwhile.

    The same for an entry that never was, so that it tells nothing.
    """
    context = {"client": client_of(request.user, client_id), "text": request.POST["text"]}
    page = desk_page(request, "desk/entry_gone.html", _("Entry"), context)
    page.status_code = 409
    return page


def _note(request: HttpRequest, entry: Entry) -> HttpResponse:
    """One of the small buttons: what the counsellor notes about an entry for themselves."""
    button = next(name for name in _NOTES if name in request.POST)
    with transaction.atomic():
        page = _NOTES[button](request, entry)
        record_access(verb=Verb.CHANGE, subject=entry, client_id=entry.client_id, request=request)
    return page


def _review(request: HttpRequest, entry: Entry) -> HttpResponse:
    reviewed = request.POST["reviewed"] == "yes"
    entry_mark_reviewed(entry=entry, reviewed=reviewed)
    done = _("Ticked as talked about.") if reviewed else _("The tick is off again.")
    messages.success(request, done)
    return _back(request, entry)


def _judge(request: HttpRequest, entry: Entry) -> HttpResponse:
    form = QualityForm(request.POST)
    if form.is_valid():
        entry_judge(entry=entry, quality=form.cleaned_data["quality"])
        messages.success(request, _("Noted, for you alone."))
    return _back(request, entry)


_NOTES = {"reviewed": _review, "quality": _judge}


def _reply(request: HttpRequest, entry: Entry, form: ReplyForm) -> bool:
    author = counsellor_of(request.user)
    assert author is not None  # noqa: S101  (held by `for_counsellors`)
    try:
        with transaction.atomic():
            reply = reply_write(entry=entry, author=author, text=form.cleaned_data["text"])
            record_access(
                verb=Verb.CREATE, subject=reply, client_id=entry.client_id, request=request
            )
    except DomainError as error:
        form.add_error("text", error.message)
        return False
    messages.success(request, _("Your reply is in the portal, under this entry."))
    return True


def _back(request: HttpRequest, entry: Entry) -> HttpResponse:
    """Where the button was: on the entry's own page, or in the brief."""
    if request.POST.get("back") == "brief":
        return redirect("admin:clients_client_change", entry.client_id)
    return redirect("admin:clients_client_entry", entry.client_id, entry.pk)
