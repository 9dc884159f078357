"""A client's own counsellor lends the record to a colleague, or hands the client over."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from clients.access import client_of, cover_of, handover_of
from clients.models import Client, Cover, Handover
from clients.services import cover_end, cover_lend, handover_offer, handover_take_back
from clients.ties import open_matters
from counsel.audit.models import Verb
from counsel.audit.services import record_access
from counsel.common.errors import DomainError
from counsel.desk.care_forms import CoverForm, HandoverForm, WithConsentForm
from counsel.desk.pages import Wrap, desk_page, for_counsellors

MOST_EARLIER = 10


def urls(wrap: Wrap) -> list[URLPattern]:
    at = "<uuid:client_id>"
    return [
        path(f"{at}/cover/", wrap(cover), name="clients_client_cover"),
        path(f"{at}/cover/<uuid:cover_id>/end/", wrap(end), name="clients_client_cover_end"),
        path(f"{at}/handover/", wrap(handover), name="clients_client_handover"),
        path(
            f"{at}/handover/<uuid:handover_id>/take-back/",
            wrap(take_back),
            name="clients_client_handover_take_back",
        ),
    ]


@for_counsellors
@require_http_methods(["GET", "HEAD", "POST"])
def cover(request: HttpRequest, client_id: uuid.UUID) -> HttpResponse:
    client = client_of(request.user, client_id)
    form = CoverForm(request.POST or None, counsellor=client.counsellor)
    if form.is_valid() and _written(request, form, client, cover_lend):
        messages.success(request, _("Lent. The client sees it too, and can end it at any time."))
        return redirect("admin:clients_client_cover", client.pk)
    record_access(verb=Verb.READ, subject=client, client_id=client.pk, request=request)
    now = timezone.now()
    mine = Cover.objects.filter(client=client, lent_by=client.counsellor)
    covers = mine.select_related("to", "lent_by")
    lent = covers.still_open(now)
    context = {
        "client": client,
        "form": form,
        "covers": list(lent.order_by("starts_at")),
        "earlier": list(covers.exclude(pk__in=lent.values("pk"))[:MOST_EARLIER]),
        "now": now,
    }
    return desk_page(
        request, "desk/care/cover.html", _("Cover"), context, is_refused=_refused(form)
    )


@for_counsellors
@require_POST
def end(request: HttpRequest, client_id: uuid.UUID, cover_id: uuid.UUID) -> HttpResponse:
    lent = cover_of(request.user, client_id, cover_id)
    with transaction.atomic():
        cover_end(cover=lent, by=Cover.EndedBy.COUNSELLOR)
        record_access(verb=Verb.CHANGE, subject=lent, client_id=client_id, request=request)
    messages.success(request, _("Ended. Your colleague reads nothing of it any more."))
    return redirect("admin:clients_client_cover", client_id)


@for_counsellors
@require_http_methods(["GET", "HEAD", "POST"])
def handover(request: HttpRequest, client_id: uuid.UUID) -> HttpResponse:
    client = client_of(request.user, client_id)
    form = HandoverForm(request.POST or None, counsellor=client.counsellor)
    if form.is_valid() and _written(request, form, client, handover_offer):
        messages.success(request, _("Offered. Nothing changes before your colleague accepts."))
        return redirect("admin:clients_client_handover", client.pk)
    record_access(verb=Verb.READ, subject=client, client_id=client.pk, request=request)
    offers = Handover.objects.visible_to(request.user).filter(client=client)
    context = {
        "client": client,
        "form": form,
        "offer": offers.unanswered().select_related("to").first(),
        "matters": open_matters(client, timezone.now()),
        "declined": list(offers.filter(answer=Handover.Answer.DECLINED).select_related("to")),
    }
    title = _("Handover")
    return desk_page(request, "desk/care/handover.html", title, context, is_refused=_refused(form))


@for_counsellors
@require_POST
def take_back(request: HttpRequest, client_id: uuid.UUID, handover_id: uuid.UUID) -> HttpResponse:
    offer = handover_of(request.user, client_id, handover_id)
    try:
        with transaction.atomic():
            handover_take_back(handover=offer)
            record_access(verb=Verb.CHANGE, subject=offer, client_id=client_id, request=request)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("The offer is taken back."))
    return redirect("admin:clients_client_handover", client_id)


def _written(
    request: HttpRequest,
    form: WithConsentForm,
    client: Client,
    service: Callable[..., Model],
) -> bool:
    """What was asked for, and that it was, in one transaction."""
    write = partial(service, client=client, **form.cleaned_data)
    try:
        with transaction.atomic():
            made = write()
            record_access(verb=Verb.CREATE, subject=made, client_id=client.pk, request=request)
    except DomainError as error:
        form.add_error(error.field, error.message)
        return False
    return True


def _refused(form: Any) -> bool:
    return bool(form.is_bound and form.errors)
