"""The visitor's pages: who the counsellor is, and which times are open."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.views.decorators.http import require_safe

from counsel.common.zones import local_date
from sessions.access import public_counsellor, public_service
from sessions.audience import bookable_services
from sessions.models import Service
from sessions.selectors import LOOK_AHEAD, open_slots, slots_by_service
from sessions.times import month_of_times
from sessions.views.reader import reader_look, reader_zone
from sessions.wording import zone_and_offset


@require_safe
def counsellor(request: HttpRequest, slug: str) -> HttpResponse:
    shown = public_counsellor(slug, request.user)
    now = timezone.now()
    reader = reader_zone(request, shown)
    services = bookable_services(shown, request.user)
    today = local_date(now, shown.zone)
    slots = slots_by_service(services, today, today + LOOK_AHEAD, now)
    offers = [(service, found[0].start if found else None) for service, found in slots.items()]
    context = {
        "counsellor": shown,
        "reader": reader,
        "clock": zone_and_offset(reader.zone, now),
        "offers": offers,
        "sharing": _sharing(
            shown.display_name, shown.headline or shown.about, shown.get_absolute_url()
        ),
    }
    return render(request, "sessions/counsellor.html", context)


@require_safe
def times(request: HttpRequest, slug: str, service: str) -> HttpResponse:
    offered = public_service(slug, service, request.user)
    reader = reader_zone(request, offered.counsellor)
    now = timezone.now()
    look = reader_look(request, offered, reader.zone, now)
    slots = open_slots(offered, *look.days, now)
    month = month_of_times(look, slots, partial(_details_address, offered, reader.zone.key))
    context = {
        "service": offered,
        "counsellor": offered.counsellor,
        "reader": reader,
        "month": month,
        "keeps": look.keeps,
        "clock": month.clock,
        "sharing": _sharing(
            f"{offered.counsellor.display_name}: {offered.name}",
            offered.description or offered.counsellor.headline,
            reverse("booking:times", args=[offered.counsellor.slug, offered.slug]),
        ),
    }
    return render(request, "sessions/times.html", context)


def _sharing(title: str, words: str, path: str) -> dict[str, str]:
    """What a link to this page shows where it is shared. Its address never comes from a request."""
    return {
        "title": title,
        "words": Truncator(" ".join(words.split())).chars(200),
        "url": settings.BASE_URL + path,
    }


def _details_address(service: Service, zone: str, start: datetime) -> str:
    parts = [service.counsellor.slug, service.slug, start]
    return reverse("booking:details", args=parts, query={"zone": zone})
