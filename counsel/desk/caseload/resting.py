"""All practice of several clients rests until a date. Nobody is told."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from clients.models import Client
from counsel.audit.models import Verb
from counsel.audit.services import record_access
from counsel.common.errors import DomainError
from counsel.desk.assigning import chosen_clients
from counsel.desk.pages import Wrap, desk_page, for_counsellors
from exercises.desk.assign_form import PauseForm
from exercises.services.resting import practice_pause


def urls(wrap: Wrap) -> list[URLPattern]:
    return [path("rest/", wrap(rest), name="clients_client_rest")]


@for_counsellors
@require_POST
def rest(request: HttpRequest) -> HttpResponse:
    return rest_page(request, chosen_clients(request))


def rest_page(request: HttpRequest, clients: list[Client]) -> HttpResponse:
    form = PauseForm(request.POST if "until" in request.POST else None)
    if form.is_valid() and _rested(request, clients, form):
        return redirect("admin:clients_client_changelist")
    context: dict[str, Any] = {"clients": clients, "form": form}
    refused = bool(form.is_bound and form.errors)
    title = _("Let practice rest")
    return desk_page(request, "desk/caseload/rest.html", title, context, is_refused=refused)


def _rested(request: HttpRequest, clients: list[Client], form: PauseForm) -> bool:
    """Of all of them or, with the reason on the form, of none."""
    until = form.cleaned_data["until"]
    try:
        with transaction.atomic():
            ordered = sorted(clients, key=lambda client: client.pk)
            paused = [p for c in ordered for p in practice_pause(client=c, until=until)]
            for assignment in [pause.assignment for pause in paused]:
                record_access(
                    verb=Verb.CHANGE,
                    subject=assignment,
                    client_id=assignment.client_id,
                    request=request,
                )
    except DomainError as error:
        form.add_error(error.field, error.message)
        return False
    words = ngettext(
        "%(count)s assignment rests. Nobody was told.",
        "%(count)s assignments rest. Nobody was told.",
        len(paused),
    )
    if paused:
        messages.success(request, words % {"count": len(paused)})
    else:
        messages.info(request, _("Nothing of theirs asks for practice just now."))
    return True
