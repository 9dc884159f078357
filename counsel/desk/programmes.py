"""Giving a programme from a client's page: first it is chosen, then its dates are looked at."""

from __future__ import annotations

import uuid

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from clients.access import client_of
from counsel.audit.models import Verb
from counsel.audit.services import record_access
from counsel.common.http import id_or_404
from counsel.desk.pages import Wrap, desk_page, for_counsellors
from exercises.access import programme_of
from exercises.desk.programme_giving import give_page
from exercises.models import Programme
from exercises.selectors.programmes import open_enrolments


def urls(wrap: Wrap) -> list[URLPattern]:
    at = "<uuid:client_id>/programme/"
    return [path(at, wrap(client_programme), name="clients_client_programme")]


@for_counsellors
def client_programme(request: HttpRequest, client_id: uuid.UUID) -> HttpResponse:
    client = client_of(request.user, client_id)
    chosen = request.POST.get("programme") or request.GET.get("programme")
    if chosen:
        programme = programme_of(request.user, id_or_404(chosen))
        return give_page(request, programme, client=client)
    # Which of them the client is in is part of the record.
    record_access(verb=Verb.READ, subject=client, client_id=client.pk, request=request)
    in_it = open_enrolments(client.pk)
    programmes = Programme.objects.visible_to(request.user).filter(put_away_at=None)
    context = {
        "client": client,
        "choices": [
            (programme, in_it.get(programme.pk))
            for programme in programmes.annotate(found_items=Count("items"))
        ],
    }
    return desk_page(request, "desk/programmes/choose.html", _("Give a programme"), context)
