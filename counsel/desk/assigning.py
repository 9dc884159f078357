"""Assigning an exercise to one client or to several."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from clients.access import client_of
from clients.models import Client
from counsel.audit.models import Verb
from counsel.audit.services import record_access
from counsel.common.http import id_or_404
from counsel.common.zones import local_date
from counsel.desk.forms import AssignForm
from counsel.desk.pages import desk_page, for_counsellors
from exercises.models import ExerciseVersion
from exercises.services.assigning import assignment_create


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
        return desk_page(request, "desk/assign_choose.html", _("Assign an exercise"), choices)
    version = get_object_or_404(library, pk=id_or_404(chosen))
    typed = request.POST if "rhythm" in request.POST else None
    form = AssignForm(typed, version=version, today=_today(clients))
    if form.is_valid() and _give(request, clients, version, form):
        return _given(request, clients, version)
    context: dict[str, Any] = {"clients": clients, "version": version, "form": form}
    return desk_page(request, "desk/assign.html", _("Assign an exercise"), context)


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
