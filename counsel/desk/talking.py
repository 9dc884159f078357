"""What a client wants to talk about, ticked off once it was. The brief shows it and the button."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clients.access import client_of
from clients.models import Client
from counsel.audit.models import Verb
from counsel.audit.services import record_access
from counsel.common.errors import ConflictError
from counsel.desk.pages import Wrap, for_counsellors
from sessions.services import talking_point_settle
from sessions.talking import mark_of, open_talking_point


def urls(wrap: Wrap) -> list[URLPattern]:
    at = "<uuid:client_id>/talk/settle/"
    return [path(at, wrap(settle), name="clients_client_talk_settle")]


@for_counsellors
@require_POST
def settle(request: HttpRequest, client_id: uuid.UUID) -> HttpResponse:
    """Settles the words that were read, and no others."""
    client = client_of(request.user, client_id)
    try:
        _settle(request, client)
    except ConflictError as changed:
        messages.error(request, changed.message)
    else:
        messages.success(request, _("Ticked as talked about."))
    return redirect("admin:clients_client_change", client.pk)


@transaction.atomic
def _settle(request: HttpRequest, client: Client) -> None:
    point = open_talking_point(client)
    if point is None or request.POST.get("seen") != mark_of(point):
        raise ConflictError(_("The client has changed this in the meantime."))
    talking_point_settle(point=point, now=timezone.now())
    record_access(verb=Verb.CHANGE, subject=point, client_id=client.pk, request=request)
