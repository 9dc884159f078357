"""What is done from the brief without leaving it: pinning words, ticking, taking it as a PDF."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from clients.access import client_of
from clients.models import Client
from counsel.accounts.step_up import step_up_required
from counsel.audit.models import Verb
from counsel.audit.services import record_access
from counsel.common.errors import DomainError
from counsel.common.http import id_or_404
from counsel.desk.brief.assembling import brief_of
from counsel.desk.brief.paper import NoPdf, pdf_of
from counsel.desk.brief.spans import Choice
from counsel.desk.pages import Wrap, for_counsellors
from exercises.access import shared_entry_of
from exercises.models import Entry
from exercises.services.pins import quote_pin, quote_unpin
from exercises.services.replies import entry_mark_reviewed


@for_counsellors
@require_POST
def pin(request: HttpRequest, client_id: uuid.UUID, entry_id: uuid.UUID) -> HttpResponse:
    entry = shared_entry_of(request.user, entry_id)
    if entry.client_id != client_id:
        raise Http404
    change = quote_unpin if request.POST.get("do") == "unpin" else quote_pin
    try:
        with transaction.atomic():
            change(entry=entry, field=request.POST.get("field", ""))
            record_access(verb=Verb.CHANGE, subject=entry, client_id=client_id, request=request)
    except DomainError as error:
        messages.error(request, error.message)
    if request.POST.get("back") == "entry":
        return redirect("admin:clients_client_entry", client_id, entry_id)
    return redirect("admin:clients_client_change", client_id)


@for_counsellors
@require_POST
def talked(request: HttpRequest, client_id: uuid.UUID) -> HttpResponse:
    """Tick what the page listed, and nothing that was shared since it was opened."""
    client = client_of(request.user, client_id)
    wanted = {id_or_404(pk) for pk in request.POST.getlist("entry")}
    shared = Entry.objects.visible_to(request.user).shared().filter(client=client, pk__in=wanted)
    with transaction.atomic():
        # All of them before any is changed: the client may be taking one back.
        entries = list(shared.select_for_update(of=("self",)).order_by("pk"))
        for entry in entries:
            entry_mark_reviewed(entry=entry, reviewed=True)
        for entry in entries:
            record_access(verb=Verb.CHANGE, subject=entry, client_id=client_id, request=request)
    words = ngettext(
        "%(count)s entry is ticked as talked about.",
        "%(count)s entries are ticked as talked about.",
        len(entries),
    )
    messages.success(request, words % {"count": len(entries)})
    return redirect("admin:clients_client_change", client_id)


@for_counsellors
@require_safe
def paper(request: HttpRequest, client_id: uuid.UUID) -> HttpResponse:
    """Strangers get their 404 first, and only then is somebody asked once more who they are."""
    return _paper(request, client_of(request.user, client_id))


@step_up_required
def _paper(request: HttpRequest, client: Client) -> HttpResponse:
    client_id = client.pk
    record_access(verb=Verb.EXPORT, subject=client, client_id=client_id, request=request)
    brief = brief_of(client, timezone.now(), Choice.of(request.GET))
    try:
        content = pdf_of(client, brief)
    except NoPdf:
        messages.error(request, _("This machine cannot make a PDF yet. Print the page instead."))
        return redirect("admin:clients_client_change", client_id)
    answer = HttpResponse(content, content_type="application/pdf")
    # It lies among other downloads afterwards: its name says nothing.
    answer["Content-Disposition"] = 'attachment; filename="brief.pdf"'
    return answer


def urls(wrap: Wrap) -> list[URLPattern]:
    return [
        path("<uuid:client_id>/entries/<uuid:entry_id>/pin/", wrap(pin), name="clients_client_pin"),
        path("<uuid:client_id>/talked/", wrap(talked), name="clients_client_talked"),
        path("<uuid:client_id>/brief/", wrap(paper), name="clients_client_brief_paper"),
    ]
