"""An offer to take a client over, as the colleague reads and answers it."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clients.access import handover_offered_to
from clients.models import Handover
from clients.services import handover_accept, handover_decline
from counsel.audit.models import Verb
from counsel.audit.services import HANDED_OVER, OFFERED, record_access
from counsel.common.errors import ConflictError, DomainError
from counsel.desk.pages import Wrap, desk_page, for_counsellors


def urls(wrap: Wrap) -> list[URLPattern]:
    return [path("handover/<uuid:handover_id>/", wrap(offer), name="handover_offer")]


@for_counsellors
@require_http_methods(["GET", "HEAD", "POST"])
def offer(request: HttpRequest, handover_id: uuid.UUID) -> HttpResponse:
    handover = handover_offered_to(request.user, handover_id)
    refusal = ""
    if request.POST.get("answer") in _ANSWERS:
        try:
            return _ANSWERS[request.POST["answer"]](request, handover)
        except ConflictError as error:
            messages.error(request, error.message)
            return redirect("admin:cover")
        except DomainError as error:
            refusal = error.message
    record_access(
        verb=Verb.READ,
        subject=handover,
        client_id=handover.client_id,
        request=request,
        reason=OFFERED,
    )
    context = {"handover": handover, "client": handover.client, "refusal": refusal}
    page, title = "desk/lent/offer.html", _("Handover")
    return desk_page(request, page, title, context, is_refused=bool(refusal))


@transaction.atomic
def _accept(request: HttpRequest, handover: Handover) -> HttpResponse:
    client = handover_accept(handover=handover)
    both: list[dict[str, object]] = [{"request": request}, {"actor": handover.offered_by.user}]
    for who in both:
        record_access(
            verb=Verb.CHANGE,
            subject=handover,
            client_id=client.pk,
            reason=HANDED_OVER,
            **who,  # type: ignore[arg-type]
        )
    messages.success(request, _("This client is yours now."))
    return redirect("admin:clients_client_change", client.pk)


@transaction.atomic
def _decline(request: HttpRequest, handover: Handover) -> HttpResponse:
    handover_decline(handover=handover)
    record_access(
        verb=Verb.CHANGE,
        subject=handover,
        client_id=handover.client_id,
        request=request,
        reason=OFFERED,
    )
    messages.success(request, _("Declined. Your colleague sees it on the client's page."))
    return redirect("admin:cover")


_ANSWERS = {"accept": _accept, "decline": _decline}
