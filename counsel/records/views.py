from __future__ import annotations

import json

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from clients.portal import portal_client, record_client
from clients.selectors import open_covers
from counsel.audit.models import Verb
from counsel.audit.services import record_access
from counsel.common.http import AuthedRequest, require_get_or_post, signed_in
from counsel.common.zones import local_date
from counsel.records.forms import PagesForm
from counsel.records.kept import kept_by
from counsel.records.openings import listings_of, openings_of, what_words, who
from counsel.records.selectors import record_of
from counsel.records.shapes import SHAPES

_PER_PAGE = 30
# Two weeks, or more where fewer people have lists. The file the client can take has all.
_LISTINGS = 14


@require_safe
@signed_in
def record(request: AuthedRequest) -> HttpResponse:
    """The client's own record: who opened it, and the way to take it out."""
    client = record_client(request)
    page = Paginator(openings_of(client), _PER_PAGE).get_page(request.GET.get("page"))
    openings = [{"at": event.at, "who": who(event), "what": what_words(event)} for event in page]
    listings = listings_of(client, client.zone, _LISTINGS) if page.number == 1 else []
    covers = open_covers(client, timezone.now())
    context = {"page": page, "openings": openings, "covers": covers, "client": client}
    context["listings"] = listings
    context["only_kept"] = client.restricted_at is not None
    return render(request, "records/record.html", context)


@require_POST
@signed_in
def download(request: AuthedRequest) -> HttpResponse:
    client = record_client(request)
    record_access(verb=Verb.EXPORT, subject=client, client_id=client.pk, request=request)
    content = json.dumps(record_of(client), ensure_ascii=False, indent=2)
    response = HttpResponse(content, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="my-record.json"'
    return response


@require_get_or_post
@signed_in
def pages(request: AuthedRequest) -> HttpResponseBase:
    """What the client wrote, to read elsewhere. Streamed: it is never all in memory."""
    client = portal_client(request)
    form = PagesForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "records/pages.html", {"form": form}, status=status)
    record_access(verb=Verb.EXPORT, subject=client, client_id=client.pk, request=request)
    shape = SHAPES[form.cleaned_data["shape"]]
    kept = kept_by(client, form.period(), drafts=form.cleaned_data["drafts"])
    today = date_format(local_date(timezone.now(), client.zone), "j F Y")
    about = _("Taken out on %(day)s. Whoever has this file can read it.") % {"day": today}
    response = StreamingHttpResponse(shape.write(kept, about), content_type=shape.content_type)
    response["Content-Disposition"] = f'attachment; filename="{shape.file_name}"'
    return response
