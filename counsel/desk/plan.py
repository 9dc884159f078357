"""A client's plan for hard moments, as far as they share it: to read, never to write."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clients.access import client_of
from clients.selectors import shared_plan_of
from counsel.audit.models import Verb
from counsel.audit.services import record_access
from counsel.desk.pages import Wrap, desk_page, for_counsellors


def urls(wrap: Wrap) -> list[URLPattern]:
    return [path("<uuid:client_id>/plan/", wrap(plan), name="clients_client_plan")]


@for_counsellors
@require_safe
def plan(request: HttpRequest, client_id: uuid.UUID) -> HttpResponse:
    client = client_of(request.user, client_id)
    record_access(verb=Verb.READ, subject=client, client_id=client.pk, request=request)
    context = {"client": client, "plan": shared_plan_of(client)}
    return desk_page(request, "desk/plan.html", _("Plan for hard moments"), context)
