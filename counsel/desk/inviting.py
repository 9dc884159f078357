"""Inviting a client to the portal."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clients.access import client_of
from clients.reach import no_mail_reaches
from clients.services import invitation_send
from counsel.audit.models import Verb
from counsel.audit.services import record_access
from counsel.common.errors import DomainError
from counsel.desk.pages import Wrap, for_counsellors


def urls(wrap: Wrap) -> list[URLPattern]:
    return [path("<uuid:client_id>/invite/", wrap(invite), name="clients_client_invite")]


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
        if why := no_mail_reaches(client):
            words = _("The invitation will not go out: %(why)s.")
            messages.warning(request, words % {"why": why.reason})
        else:
            messages.success(request, _("The invitation goes out within a minute or two."))
    return redirect("admin:clients_client_change", client.pk)
