from __future__ import annotations

import json

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from clients.portal import portal_client
from counsel.audit.models import Verb
from counsel.audit.services import record_access
from counsel.common.http import AuthedRequest, signed_in
from counsel.records.selectors import openings_of, record_of, who

_PER_PAGE = 30


@require_safe
@signed_in
def record(request: AuthedRequest) -> HttpResponse:
    """The client's own record: who opened it, and the way to take it out."""
    client = portal_client(request)
    page = Paginator(openings_of(client), _PER_PAGE).get_page(request.GET.get("page"))
    openings = [{"at": event.at, "who": who(event), "verb": event.verb} for event in page]
    return render(request, "records/record.html", {"page": page, "openings": openings})


@require_POST
@signed_in
def download(request: AuthedRequest) -> HttpResponse:
    client = portal_client(request)
    record_access(verb=Verb.EXPORT, subject=client, client_id=client.pk, request=request)
    content = json.dumps(record_of(client), ensure_ascii=False, indent=2)
    response = HttpResponse(content, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="my-record.json"'
    return response
