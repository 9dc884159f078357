"""A programme for several clients: it is chosen here, and given on its own page."""

from __future__ import annotations

from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.models import Client
from counsel.common.zones import local_date
from counsel.desk.pages import desk_page
from exercises.models import Enrolment, Programme


def choose_page(request: HttpRequest, clients: list[Client]) -> HttpResponse:
    """Whoever is in a programme already, or has ended, is left out of it, and counted."""
    now = timezone.now()
    going_on = [client for client in clients if client.status != Client.Status.ENDED]
    programmes = Programme.objects.visible_to(request.user).filter(put_away_at=None)
    open_ones = Enrolment.objects.filter(client__in=going_on, ended_on=None)
    in_it = set(open_ones.values_list("programme_id", "client_id"))
    choices = []
    for programme in programmes.annotate(found_items=Count("items")):
        theirs = [c for c in going_on if (programme.pk, c.pk) not in in_it]
        choices.append((programme, theirs, len(clients) - len(theirs)))
    context: dict[str, Any] = {
        "clients": clients,
        "choices": choices,
        "first_day": min((local_date(now, c.zone) for c in clients), default=now.date()),
    }
    return desk_page(request, "desk/caseload/programme.html", _("Give a programme"), context)
