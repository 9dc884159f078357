"""The visitor's pages: who the counsellor is, and which times are open."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from counsel.common.zones import local_date
from sessions.access import public_counsellor, public_service
from sessions.selectors import LOOK_AHEAD, slots_by_service
from sessions.times import week_of_times
from sessions.views.reader import reader_zone
from sessions.wording import zone_and_offset


@require_safe
def counsellor(request: HttpRequest, slug: str) -> HttpResponse:
    shown = public_counsellor(slug)
    now = timezone.now()
    reader = reader_zone(request, shown)
    services = list(shown.services.filter(is_public=True))
    for service in services:
        service.counsellor = shown
    today = local_date(now, shown.zone)
    slots = slots_by_service(services, today, today + LOOK_AHEAD, now)
    context = {
        "counsellor": shown,
        "reader": reader,
        "clock": zone_and_offset(reader.zone, now),
        "offers": [
            (service, found[0].start if found else None) for service, found in slots.items()
        ],
    }
    return render(request, "sessions/counsellor.html", context)


@require_safe
def times(request: HttpRequest, slug: str, service: str) -> HttpResponse:
    offered = public_service(slug, service)
    reader = reader_zone(request, offered.counsellor)
    week = week_of_times(offered, _day(request), reader.zone, timezone.now())
    context = {
        "service": offered,
        "counsellor": offered.counsellor,
        "reader": reader,
        "from": request.GET.get("from", "") if _day(request) else "",
        "week": week,
        "clock": week.clock,
    }
    return render(request, "sessions/times.html", context)


def _day(request: HttpRequest) -> date | None:
    try:
        return date.fromisoformat(request.GET.get("from", ""))
    except ValueError:
        return None
