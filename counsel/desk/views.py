"""The desk's own pages around a client. `counsel.desk.caseload` gives them their addresses."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, TypeAlias

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from clients.access import client_of
from clients.models import Client
from clients.services import invitation_send
from counsel.accounts.roles import counsellor_of
from counsel.audit.models import Verb
from counsel.audit.services import record_access
from counsel.common.errors import DomainError
from counsel.common.http import id_or_404
from counsel.common.zones import local_date
from counsel.desk.forms import AssignForm, ReplyForm
from exercises.access import shared_entry_of
from exercises.answers import readable
from exercises.models import Entry, ExerciseVersion
from exercises.selectors import unread_entries
from exercises.services import (
    assignment_create,
    entry_mark_reviewed,
    entry_mark_seen,
    reply_write,
)

View: TypeAlias = Callable[..., HttpResponse]


def for_counsellors(view: View) -> View:
    """403 for a manager who is no counsellor: the pages below show what clients write."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if counsellor_of(request.user) is None:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


# --- Assigning --------------------------------------------------------------------------------


@for_counsellors
def assign(request: HttpRequest, client_id: uuid.UUID) -> HttpResponse:
    return assign_page(request, [client_of(request.user, client_id)])


@for_counsellors
@require_POST
def assign_several(request: HttpRequest) -> HttpResponse:
    return assign_page(request, _clients(request, request.POST.getlist("client")))


def assign_page(request: HttpRequest, clients: list[Client]) -> HttpResponse:
    """First the exercise is chosen, then how it is given."""
    library = ExerciseVersion.objects.visible_to(request.user).current()
    chosen = request.POST.get("exercise") or request.GET.get("exercise")
    if not chosen:
        choices = {"clients": clients, "library": library.select_related("exercise")}
        return _page(request, "desk/assign_choose.html", _("Assign an exercise"), choices)
    version = get_object_or_404(library, pk=id_or_404(chosen))
    typed = request.POST if "rhythm" in request.POST else None
    form = AssignForm(typed, version=version, today=_today(clients))
    if form.is_valid() and _give(request, clients, version, form):
        return _given(request, clients, version)
    context: dict[str, Any] = {"clients": clients, "version": version, "form": form}
    return _page(request, "desk/assign.html", _("Assign an exercise"), context)


def _give(
    request: HttpRequest, clients: list[Client], version: ExerciseVersion, form: AssignForm
) -> bool:
    try:
        with transaction.atomic():
            for client in clients:
                assignment = assignment_create(client=client, version=version, **form.cleaned_data)
                record_access(
                    verb=Verb.CREATE, subject=assignment, client_id=client.pk, request=request
                )
    except ValidationError as error:
        form.add_error(None, error)
        return False
    return True


def _given(request: HttpRequest, clients: list[Client], version: ExerciseVersion) -> HttpResponse:
    words = ngettext(
        "“%(title)s” is on the client's list now.",
        "“%(title)s” is on the lists of %(count)s clients now.",
        len(clients),
    )
    messages.success(request, words % {"title": version.title, "count": len(clients)})
    if len(clients) == 1:
        return redirect("admin:clients_client_change", clients[0].pk)
    return redirect("admin:clients_client_changelist")


def _clients(request: HttpRequest, ids: Iterable[str]) -> list[Client]:
    """All of them in this caseload, or 404 as if none existed."""
    wanted = {id_or_404(pk) for pk in ids}
    found = list(Client.objects.visible_to(request.user).filter(pk__in=wanted).order_by("name"))
    if not found or len(found) != len(wanted):
        raise Http404
    return found


def _today(clients: list[Client]) -> Any:
    return local_date(timezone.now(), clients[0].zone)


# --- Reading an entry ---------------------------------------------------------------------------


@for_counsellors
def read_entry(request: HttpRequest, client_id: uuid.UUID, entry_id: uuid.UUID) -> HttpResponse:
    """What was asked and answered. Opening it marks it as seen; the client sees who opened it."""
    entry = shared_entry_of(request.user, entry_id)
    if entry.client_id != client_id:
        raise Http404
    if request.method == "POST" and "reviewed" in request.POST:
        return _review(request, entry)
    form = ReplyForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _reply(request, entry, form):
        return _back_to(entry)
    record_access(verb=Verb.READ, subject=entry, client_id=client_id, request=request)
    context = {
        "entry": entry,
        "client": entry.client,
        "answers": readable(entry.version.parsed_steps(), entry.answers),
        "review": entry_mark_seen(entry=entry),
        "replies": entry.replies.select_related("author"),
        "form": form,
        "next_unread": next(iter(unread_entries(entry.client)), None),
    }
    return _page(request, "desk/entry.html", _("Entry"), context)


def _review(request: HttpRequest, entry: Entry) -> HttpResponse:
    record_access(verb=Verb.CHANGE, subject=entry, client_id=entry.client_id, request=request)
    reviewed = request.POST["reviewed"] == "yes"
    entry_mark_reviewed(entry=entry, reviewed=reviewed)
    done = _("Ticked as talked about.") if reviewed else _("The tick is off again.")
    messages.success(request, done)
    return _back_to(entry)


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


def _back_to(entry: Entry) -> HttpResponse:
    return redirect("admin:clients_client_entry", entry.client_id, entry.pk)


# --- Inviting -----------------------------------------------------------------------------------


@for_counsellors
@require_POST
def invite(request: HttpRequest, client_id: uuid.UUID) -> HttpResponse:
    client = client_of(request.user, client_id)
    try:
        with transaction.atomic():
            invitation_send(client=client)
            record_access(verb=Verb.CHANGE, subject=client, client_id=client.pk, request=request)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("The invitation goes out within a minute or two."))
    return redirect("admin:clients_client_change", client.pk)


def _page(
    request: HttpRequest, template: str, title: str, context: dict[str, Any]
) -> TemplateResponse:
    frame = admin.site.each_context(request)
    return TemplateResponse(request, template, {**frame, "title": title, **context})
