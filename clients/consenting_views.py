"""What a client agreed to, on their own page: agreeing, and taking it back."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from clients.portal import portal_client
from clients.selectors import agreements_of
from clients.services import consent_give, consent_withdraw
from counsel.audit.models import Verb
from counsel.audit.services import record_access
from counsel.common.http import AuthedRequest, signed_in


@require_safe
@signed_in
def agreements(request: AuthedRequest) -> HttpResponse:
    client = portal_client(request)
    context = {"client": client, "agreements": agreements_of(client)}
    return render(request, "clients/agreements.html", context)


@require_POST
@signed_in
def say(request: AuthedRequest, document_id: uuid.UUID) -> HttpResponse:
    """Each answer is a button; the same said twice changes nothing."""
    client = portal_client(request)
    found = {it.document.pk: it.document for it in agreements_of(client)}
    answer = request.POST.get("answer", "")
    if document_id not in found or answer not in ("agree", "withdraw"):
        raise Http404
    act = consent_give if answer == "agree" else consent_withdraw
    with transaction.atomic():
        act(client=client, document=found[document_id])
        record_access(verb=Verb.CHANGE, subject=client, client_id=client.pk, request=request)
    if answer == "agree":
        messages.success(request, _("Thank you. It holds from now on."))
    else:
        messages.success(request, _("Taken back. It holds from now on."))
    return redirect("clients:agreements")
