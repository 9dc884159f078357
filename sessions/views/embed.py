"""The page other sites show in a frame: what is offered, when, and the way to the real page.

It sets no cookie and runs no script; each of its links leaves the frame.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from counsel.accounts.models import Counsellor
from counsel.accounts.practice import practice
from counsel.common.zones import local_date
from sessions.access import public_counsellor, public_service
from sessions.audience import bookable_services
from sessions.models import Service
from sessions.selectors import LOOK_AHEAD, slots_by_service
from sessions.views.reader import reader_zone
from sessions.wording import zone_and_offset

# How many free times a service shows among others, and alone.
AMONG_OTHERS, ALONE = 1, 3


@require_safe
def counsellor(request: HttpRequest, slug: str) -> HttpResponse:
    shown = public_counsellor(slug)
    return _page(request, shown, bookable_services(shown, None), AMONG_OTHERS)


@require_safe
def service(request: HttpRequest, slug: str, service: str) -> HttpResponse:
    offered = public_service(slug, service)
    return _page(request, offered.counsellor, [offered], ALONE)


def _page(
    request: HttpRequest, counsellor: Counsellor, services: list[Service], count: int
) -> HttpResponse:
    now = timezone.now()
    zone = reader_zone(request, counsellor).zone
    today = local_date(now, counsellor.zone)
    slots = slots_by_service(services, today, today + LOOK_AHEAD, now)
    context = {
        "counsellor": counsellor,
        "zone": zone,
        "clock": zone_and_offset(zone, now),
        "offers": [(service, found[:count]) for service, found in slots.items()],
    }
    return _framed(render(request, "sessions/embed.html", context))


def _framed(response: HttpResponse) -> HttpResponse:
    """Opens this page alone to the sites the practice names; with none it stays shut."""
    if origins := practice().frame_origins:
        response._csp_replace = {"frame-ancestors": origins}  # type: ignore[attr-defined]
        # It knows no list of sites, and browsers that know one go by that.
        response.xframe_options_exempt = True
    return response
