"""Texts a client is asked to agree to: read, and answered."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from clients.access import own_consent_request
from clients.home import Panel, register_panel
from clients.models import Client, ConsentRequest
from clients.services import consent_request_answer
from counsel.audit.models import Verb
from counsel.audit.services import record_access
from counsel.common.errors import DomainError
from counsel.common.http import AuthedRequest, require_get_or_post, signed_in

_SAID = {
    ConsentRequest.Answer.AGREED: _("Thank you. What you agreed to stands under Settings."),
    ConsentRequest.Answer.DECLINED: _("That is noted. You can talk about it when you meet."),
}


def register() -> None:
    register_panel(Panel(25, "clients/home_agreements.html", asked))


def asked(client: Client, now: datetime) -> Mapping[str, object]:
    """What waits for an answer, on the portal's home."""
    requests = list(client.consent_requests.unanswered().select_related("document"))
    return {"requests": requests} if requests else {}


@require_get_or_post
@signed_in
def agreement(request: AuthedRequest, request_id: uuid.UUID) -> HttpResponse:
    """Opening it changes nothing; each answer is a button."""
    asking = own_consent_request(request.user, request_id)
    answer = request.POST.get("answer", "")
    if answer in ("agree", "decline"):
        return _answered(request, asking, agrees=answer == "agree")
    context = {"asking": asking, "client": asking.client, "is_open": not asking.answer}
    return render(request, "clients/agreement.html", context)


def _answered(request: AuthedRequest, asking: ConsentRequest, *, agrees: bool) -> HttpResponse:
    try:
        with transaction.atomic():
            row = consent_request_answer(request=asking, agrees=agrees)
            record_access(verb=Verb.CHANGE, subject=row, client_id=row.client_id, request=request)
    except DomainError as error:
        messages.info(request, error.message)
        return redirect("clients:agreement", asking.pk)
    messages.success(request, _SAID[ConsentRequest.Answer(row.answer)])
    return redirect("clients:home")
