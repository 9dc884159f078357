from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from clients.models import Client
from clients.portal import portal_client, record_client
from clients.selectors import open_covers
from counsel.accounts.step_up import step_up_required
from counsel.audit.models import Verb
from counsel.audit.services import record_access
from counsel.common.http import AuthedRequest, require_get_or_post, signed_in
from counsel.common.zones import local_date
from counsel.records.forms import PagesForm
from counsel.records.kept import kept_by
from counsel.records.openings import listings_of, openings_of, what_words, who
from counsel.records.shapes import SHAPES
from counsel.records.taking_out import zip_of

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
def download(request: AuthedRequest) -> HttpResponseBase:
    """Strangers get their 404 first: only a client is asked once more who they are."""
    return _download(request, record_client(request))


@step_up_required
def _download(request: AuthedRequest, client: Client) -> HttpResponseBase:
    record_access(verb=Verb.EXPORT, subject=client, client_id=client.pk, request=request)
    return as_file(zip_of(client))


def as_file(content: bytes) -> HttpResponse:
    """It lies among other downloads afterwards: its name says nothing."""
    response = HttpResponse(content, content_type="application/zip")
    response["Content-Disposition"] = 'attachment; filename="record.zip"'
    response["Cache-Control"] = "no-store"
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
    return _pages(request, client, form)


@step_up_required
def _pages(request: AuthedRequest, client: Client, form: PagesForm) -> HttpResponseBase:
    record_access(verb=Verb.EXPORT, subject=client, client_id=client.pk, request=request)
    shape = SHAPES[form.cleaned_data["shape"]]
    kept = kept_by(client, form.period(), drafts=form.cleaned_data["drafts"])
    today = date_format(local_date(timezone.now(), client.zone), "j F Y")
    about = _("Taken out on %(day)s. Whoever has this file can read it.") % {"day": today}
    response = StreamingHttpResponse(shape.write(kept, about), content_type=shape.content_type)
    response["Content-Disposition"] = f'attachment; filename="{shape.file_name}"'
    return response
