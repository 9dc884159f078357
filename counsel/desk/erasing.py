"""Records that are to be erased, what has to be kept until when, and legal holds."""

from __future__ import annotations

import uuid
from functools import wraps
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from clients.access import kept_client_of, legal_hold_of
from clients.models import Client, RestrictedBy
from clients.services import legal_hold_lift, legal_hold_set
from counsel.accounts.practice import practice
from counsel.accounts.roles import counsellor_of
from counsel.accounts.step_up import step_up_required
from counsel.audit.models import Verb
from counsel.audit.services import HOLD_LIFTED, HOLD_SET, record_access
from counsel.common.errors import DomainError
from counsel.desk.erasing_forms import HoldForm, SureForm
from counsel.desk.pages import View, Wrap, desk_page
from counsel.records.forgetting import erasure_ask, erasure_take_back, in_the_way
from counsel.records.keeping import keeping, keeping_of, with_last_met

MOST = 200


def urls(wrap: Wrap) -> list[URLPattern]:
    at = "erasing/<uuid:client_id>/"
    return [
        path("erasing/", wrap(kept), name="erasing"),
        path(at, wrap(erasing), name="erasing_client"),
        path(f"{at}ask/", wrap(ask), name="erasing_ask"),
        path(f"{at}undo/", wrap(undo), name="erasing_undo"),
        path(f"{at}hold/", wrap(hold), name="erasing_hold"),
        path(f"{at}hold/<uuid:hold_id>/lift/", wrap(lift), name="erasing_lift"),
    ]


def _theirs(view: View) -> View:
    """404 to strangers, then once more who it is: the other way round would ask everybody."""
    proved = step_up_required(view)

    @wraps(view)
    def door(request: HttpRequest, client_id: uuid.UUID, **kwargs: Any) -> HttpResponse:
        kept_client_of(request.user, client_id)
        return proved(request, client_id=client_id, **kwargs)

    return require_POST(door)


@require_safe
def kept(request: HttpRequest) -> HttpResponse:
    """Records that are only kept. A manager is told no names."""
    now, years = timezone.now(), practice().retention_years
    rows = Client.objects.kept_of(request.user).filter(restricted_at__isnull=False)
    rows = rows.select_related("counsellor").prefetch_related("legal_holds")
    found = with_last_met(rows, now).order_by("restricted_at")[:MOST]
    context = {
        "rows": [
            {
                "client": row,
                "keeping": keeping(row, row.legal_holds.all(), row.last_met_at, years, now),
            }
            for row in found
        ],
        "is_named": _is_named(request),
        "years": years,
    }
    return desk_page(request, "desk/erasing/kept.html", _("Only kept"), context)


@require_safe
def erasing(request: HttpRequest, client_id: uuid.UUID) -> HttpResponse:
    return _page(request, kept_client_of(request.user, client_id), HoldForm(), SureForm())


@_theirs
def ask(request: HttpRequest, client_id: uuid.UUID) -> HttpResponse:
    client = kept_client_of(request.user, client_id)
    form = SureForm(request.POST)
    if form.is_valid():
        try:
            is_gone = erasure_ask(client=client, by=RestrictedBy.PRACTICE, request=request)
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            if is_gone:
                messages.success(request, _("Erased: nothing had to be kept."))
                return redirect("admin:erasing")
            messages.success(request, _("The record is only kept from now on."))
            return redirect("admin:erasing_client", client.pk)
    return _page(request, client, HoldForm(), form)


@_theirs
def undo(request: HttpRequest, client_id: uuid.UUID) -> HttpResponse:
    client = kept_client_of(request.user, client_id)
    erasure_take_back(client=client, request=request)
    messages.success(request, _("The record is in use again."))
    return redirect("admin:erasing_client", client.pk)


@_theirs
def hold(request: HttpRequest, client_id: uuid.UUID) -> HttpResponse:
    client = kept_client_of(request.user, client_id)
    form = HoldForm(request.POST)
    if form.is_valid():
        try:
            with transaction.atomic():
                made = legal_hold_set(client=client, by=request.user, **form.cleaned_data)  # type: ignore[arg-type]
                _record(request, Verb.CREATE, made, HOLD_SET)
        except DomainError as error:
            form.add_error(error.field, error.message)
        else:
            messages.success(request, _("Held. Nothing of this record is erased meanwhile."))
            return redirect("admin:erasing_client", client.pk)
    return _page(request, client, form, SureForm())


@_theirs
def lift(request: HttpRequest, client_id: uuid.UUID, hold_id: uuid.UUID) -> HttpResponse:
    found = legal_hold_of(request.user, client_id, hold_id)
    try:
        with transaction.atomic():
            legal_hold_lift(hold=found, by=request.user)  # type: ignore[arg-type]
            _record(request, Verb.CHANGE, found, HOLD_LIFTED)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Lifted."))
    return redirect("admin:erasing_client", client_id)


def _page(request: HttpRequest, client: Client, form: HoldForm, sure: SureForm) -> HttpResponse:
    record_access(verb=Verb.READ, subject=client, client_id=client.pk, request=request)
    now = timezone.now()
    found = keeping_of(client, now)
    context: dict[str, Any] = {
        "client": client,
        "is_named": _is_named(request),
        "keeping": found,
        "in_the_way": [] if client.restricted_at else in_the_way(client, now),
        "form": form,
        "sure": sure,
    }
    is_refused = bool(form.errors or sure.errors)
    template, title = "desk/erasing/client.html", _("Erasing a record")
    return desk_page(request, template, title, context, is_refused=is_refused)


def _is_named(request: HttpRequest) -> bool:
    return counsellor_of(request.user) is not None


def _record(request: HttpRequest, verb: Verb, hold: Any, reason: str) -> None:
    record_access(verb=verb, subject=hold, client_id=hold.client_id, request=request, reason=reason)
