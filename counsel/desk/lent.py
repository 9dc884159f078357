"""A colleague's client, lent for some days or opened in an emergency: to read, and no more.

Who may not is answered as if there were no such client. Nothing here marks an entry as seen: it
is unread until the client's own counsellor opens it. Each page leaves an access event which the
client sees.
"""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clients.access import client_open_to
from clients.models import Client, Cover, EmergencyAccess, Handover
from clients.selectors import shared_plan_of
from counsel.audit.models import Verb
from counsel.audit.services import COVER, EMERGENCY, record_access, record_listed
from counsel.desk.brief import Choice, brief_of
from counsel.desk.pages import Wrap, desk_page, for_counsellors
from counsel.desk.results import course_context, score_context
from exercises.access import lent_entry_of
from exercises.answers import readable
from exercises.models import Entry
from exercises.scoring.catalogue import instruments
from exercises.selectors.measures import results_of
from sessions.note_selectors import signed_notes

_ENTRIES_A_PAGE = 30
_NOTES_A_PAGE = 10


def urls(wrap: Wrap) -> list[URLPattern]:
    at = "cover/<uuid:client_id>/"
    return [
        path("cover/", wrap(lent_to_me), name="cover"),
        path(at, wrap(client_page), name="cover_client"),
        path(f"{at}entries/", wrap(entries), name="cover_entries"),
        path(f"{at}entries/<uuid:entry_id>/", wrap(entry), name="cover_entry"),
        path(f"{at}measures/<instrument:key>/", wrap(measure), name="cover_measure"),
        path(f"{at}notes/", wrap(notes), name="cover_notes"),
    ]


@for_counsellors
@require_safe
def lent_to_me(request: HttpRequest) -> HttpResponse:
    """Whose record I may read, until when, and who is offered to me. Two queries."""
    lent = Cover.objects.lent_to(request.user, timezone.now())
    offered = Handover.objects.offered_to(request.user)
    covers = lent.select_related("client", "lent_by").order_by("ends_at", "client__name")
    offers = offered.select_related("client", "offered_by").order_by("created_at")
    record_listed(request, [(type(row), row.pk, row.client_id) for row in (*covers, *offers)])
    context = {"covers": covers, "offers": offers}
    return desk_page(request, "desk/lent/list.html", _("From colleagues"), context)


@require_safe
def client_page(request: HttpRequest, client_id: uuid.UUID) -> HttpResponse:
    client, lent = _opened(request, client_id)
    brief = brief_of(client, timezone.now(), Choice.of(request.GET))
    if brief.note is not None and brief.note.signed_at is None:
        # A draft is its writer's.
        brief = replace(brief, note=None)
    context = {"brief": brief, "plan": shared_plan_of(client), **lent}
    return desk_page(request, "desk/lent/client.html", _("Client"), context)


@require_safe
def entries(request: HttpRequest, client_id: uuid.UUID) -> HttpResponse:
    client, lent = _opened(request, client_id)
    shared = Entry.objects.shared().filter(client=client).select_related("version")
    rows = shared.order_by("-happened_at", "-pk").defer("answers", "because")
    page = Paginator(rows, _ENTRIES_A_PAGE).get_page(request.GET.get("page"))
    return desk_page(request, "desk/lent/entries.html", _("Shared entries"), {"page": page, **lent})


@require_safe
def entry(request: HttpRequest, client_id: uuid.UUID, entry_id: uuid.UUID) -> HttpResponse:
    found = lent_entry_of(request.user, client_id, entry_id, timezone.now())
    _client, lent = _opened(request, client_id, found)
    context = {
        **score_context(found),
        **lent,
        "entry": found,
        "answers": readable(found.steps(), found.answers),
        "late_days": found.days_late,
        "replies": found.replies.select_related("author"),
    }
    return desk_page(request, "desk/lent/entry.html", _("Entry"), context)


@require_safe
def measure(request: HttpRequest, client_id: uuid.UUID, key: str) -> HttpResponse:
    instrument = instruments().get(key)
    if instrument is None:
        raise Http404
    client, lent = _opened(request, client_id)
    context = {**course_context(instrument, results_of(client, key)), **lent}
    return desk_page(request, "desk/lent/measure.html", _("Results"), context)


@require_safe
def notes(request: HttpRequest, client_id: uuid.UUID) -> HttpResponse:
    """Those that are signed; a draft is its writer's until then, and process notes always are."""
    client, lent = _opened(request, client_id)
    page = Paginator(signed_notes(client).reverse(), _NOTES_A_PAGE).get_page(
        request.GET.get("page")
    )
    return desk_page(request, "desk/lent/notes.html", _("Notes"), {"page": page, **lent})


def _opened(
    request: HttpRequest, client_id: uuid.UUID, subject: Model | None = None
) -> tuple[Client, dict[str, Any]]:
    """The client whose record is lent, once it is noted that it was opened; and until when."""
    now = timezone.now()
    client = client_open_to(request.user, client_id, now)
    lent = Cover.objects.lent_to(request.user, now).filter(client=client)
    cover = lent.select_related("lent_by").order_by("-ends_at").first()
    opened = EmergencyAccess.objects.open_to(request.user, now).filter(client=client)
    emergency = None if cover else opened.order_by("-ends_at").first()
    record_access(
        verb=Verb.READ,
        subject=subject or client,
        client_id=client.pk,
        request=request,
        reason=EMERGENCY if emergency else COVER,
    )
    return client, {"client": client, "cover": cover, "emergency": emergency, "is_lent": True}
