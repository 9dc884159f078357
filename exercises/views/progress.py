"""How things went, for the client's own eyes."""

from __future__ import annotations

from datetime import date, datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from clients.portal import portal_client
from counsel.common.http import AuthedRequest, signed_in
from counsel.common.zones import local_date
from exercises.kept_forms import MONTH
from exercises.selectors.own_course import own_course


@require_safe
@signed_in
def progress(request: AuthedRequest) -> HttpResponse:
    """Some months, up to the one the address names or this one."""
    client = portal_client(request)
    today = local_date(timezone.now(), client.zone)
    until = _month(request.GET.get("until", "")) or today
    context = {"course": own_course(client, until, today), "is_now": until >= today.replace(day=1)}
    return render(request, "exercises/progress.html", context)


def _month(text: str) -> date | None:
    try:
        return datetime.strptime(text, MONTH).date()
    except ValueError:
        return None
