"""Assigning an exercise to one client or to several."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from clients.access import client_of
from clients.models import Client
from counsel.audit.models import Verb
from counsel.audit.services import record_access, record_listed
from counsel.common.errors import DomainError
from counsel.common.http import id_or_404
from counsel.common.zones import local_date
from counsel.desk.pages import Wrap, desk_page, for_counsellors
from exercises.desk.assign_form import AssignForm
from exercises.models import ExerciseVersion
from exercises.models.library import ExerciseVersionQuerySet
from exercises.selectors.digests import REMINDED
from exercises.services.assigning import assignment_create


def urls(wrap: Wrap) -> list[URLPattern]:
    name = "clients_client_assign"
    return [
        path("assign/", wrap(assign_several), name=f"{name}_several"),
        path("assign/exercise/", wrap(assign_exercise), name=f"{name}_exercise"),
        path("<uuid:client_id>/assign/", wrap(assign), name=name),
    ]


@for_counsellors
def assign(request: HttpRequest, client_id: uuid.UUID) -> HttpResponse:
    return assign_page(request, [client_of(request.user, client_id)])


@for_counsellors
@require_POST
def assign_several(request: HttpRequest) -> HttpResponse:
    return assign_page(request, chosen_clients(request))


@for_counsellors
@require_http_methods(["GET", "HEAD", "POST"])
def assign_exercise(request: HttpRequest) -> HttpResponse:
    """From the exercise: whose it is to be. Names go by POST, and stand in no address."""
    version = _version(request)
    if version is None:
        raise Http404
    theirs = Client.objects.visible_to(request.user).filter(status__in=REMINDED)
    wanted = {id_or_404(pk) for pk in request.POST.getlist("client")}
    chosen = list(theirs.filter(pk__in=wanted).order_by("name"))
    if len(chosen) != len(wanted):
        raise Http404
    if chosen:
        return assign_page(request, chosen)
    nobody = request.method == "POST"
    context = {"version": version, "clients": list(theirs.order_by("name")), "nobody": nobody}
    title = _("Assign an exercise")
    return desk_page(request, "desk/assign_whom.html", title, context, is_refused=nobody)


def assign_page(request: HttpRequest, clients: list[Client]) -> HttpResponse:
    """First the exercise is chosen, then how it is given."""
    version = _version(request)
    if version is None:
        _record_named(request, clients)
        library = _library(request).select_related("exercise")
        choices = {"clients": clients, "library": library}
        return desk_page(request, "desk/assign_choose.html", _("Assign an exercise"), choices)
    typed = request.POST if "rhythm" in request.POST else None
    several = len(clients) > 1
    form = AssignForm(typed, version=version, earliest=min(_todays(clients)), each_today=several)
    is_sent = typed is not None and "look" not in typed
    if is_sent and form.is_valid() and _give(request, clients, version, form):
        return _given(request, clients, version)
    _record_named(request, clients)
    context: dict[str, Any] = {"clients": clients, "version": version, "form": form}
    title = _("Assign an exercise")
    refused = bool(form.is_bound and form.errors)
    return desk_page(request, "desk/assign.html", title, context, is_refused=refused)


def _record_named(request: HttpRequest, clients: list[Client]) -> None:
    record_listed(request, [(Client, client.pk, client.pk) for client in clients])


def _give(
    request: HttpRequest, clients: list[Client], version: ExerciseVersion, form: AssignForm
) -> bool:
    """To all of them or to none, each from their own today on where no later day was chosen."""
    chosen = form.cleaned_data["starts_on"]
    try:
        with transaction.atomic():
            # In one order for everybody: two who assign at once wait for each other.
            ordered = sorted(clients, key=lambda client: client.pk)
            assignments = []
            for client, today in zip(ordered, _todays(ordered), strict=True):
                given = {**form.cleaned_data, "starts_on": max(chosen or today, today)}
                assignments.append(assignment_create(client=client, version=version, **given))
            for row in assignments:
                record_access(
                    verb=Verb.CREATE, subject=row, client_id=row.client_id, request=request
                )
    except DomainError as error:
        form.add_error(error.field, error.message)
        return False
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


def chosen_clients(request: HttpRequest) -> list[Client]:
    """Those a form names, all of them in this caseload; or 404 as if none existed."""
    wanted = {id_or_404(pk) for pk in request.POST.getlist("client")}
    found = list(Client.objects.visible_to(request.user).filter(pk__in=wanted).order_by("name"))
    if not found or len(found) != len(wanted):
        raise Http404
    return found


def _version(request: HttpRequest) -> ExerciseVersion | None:
    """The chosen exercise of the library, None where none was chosen yet."""
    chosen = request.POST.get("exercise") or request.GET.get("exercise")
    if not chosen:
        return None
    rows = _library(request).select_related("exercise")
    version: ExerciseVersion = get_object_or_404(rows, pk=id_or_404(chosen))
    return version


def _library(request: HttpRequest) -> ExerciseVersionQuerySet:
    return ExerciseVersion.objects.visible_to(request.user).current()


def _todays(clients: list[Client]) -> list[date]:
    now = timezone.now()
    return [local_date(now, client.zone) for client in clients]
