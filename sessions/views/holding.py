"""Between asking for a time and having it: the page that asks, and the one behind the mail."""

from __future__ import annotations

from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from clients.models import Client
from counsel.common.errors import ConflictError, DomainError
from counsel.common.http import require_get_or_post
from counsel.common.zones import get_zone
from sessions import audience
from sessions.access import asked_hold, mailed_hold
from sessions.converters import StartConverter
from sessions.models import Hold
from sessions.selectors import open_slot
from sessions.services import hold_confirm, hold_release
from sessions.services.asking import client_with
from sessions.services.holds import is_kept
from sessions.times import Time
from sessions.tokens.appointments import booked_token
from sessions.views.booking import nearest_times


@require_get_or_post
@never_cache
def asked(request: HttpRequest, token: str) -> HttpResponse:
    """Sends to the mail, in the same words whoever's address it is. A click takes it back."""
    hold = asked_hold(token)
    if request.method == "POST":
        try:
            hold_release(hold=hold)
        except ConflictError:
            return redirect("booking:asked", token)
        return redirect(_form_address(hold))
    context = {
        "hold": hold,
        "zone": get_zone(hold.time_zone),
        "form_address": _form_address(hold),
        "is_kept": is_kept(hold, timezone.now()),
        "is_used": hold.state == Hold.State.USED,
    }
    return render(request, "sessions/hold_asked.html", context)


def _form_address(hold: Hold) -> str:
    parts = [hold.service.counsellor.slug, hold.service.slug, hold.starts_at]
    return reverse("booking:details", args=parts, query={"zone": hold.time_zone})


@require_get_or_post
@never_cache
def held(request: HttpRequest, token: str) -> HttpResponse:
    """Opened from the mail. Opening it changes nothing; one button books, another gives back."""
    hold = mailed_hold(token)
    if hold.consultation is not None:
        return redirect("booking:booked", booked_token(hold.consultation))
    if request.method != "POST":
        return _page(request, hold)
    try:
        if "give_back" in request.POST:
            hold_release(hold=hold)
            return redirect("booking:hold", token)
        consultation = hold_confirm(hold=hold, starts_at=_chosen(request))
    except DomainError:
        # It became something else between the reading and the click: say how it stands now.
        return _page(request, mailed_hold(token), status=409)
    return redirect("booking:booked", booked_token(consultation))


def _page(request: HttpRequest, hold: Hold, status: int = 200) -> HttpResponse:
    service, zone = hold.service, get_zone(hold.time_zone)
    client = client_with(service.counsellor, hold.email)
    state = _state(hold, client)
    context = {
        "hold": hold,
        "service": service,
        "zone": zone,
        "state": state,
        "instant": audience.is_instant(service, client),
        "nearest": _nearest(hold) if state == "taken" else (),
    }
    return render(request, "sessions/hold.html", context, status=status)


def _nearest(hold: Hold) -> list[tuple[str, Time, str]]:
    """With what the form sends back when one of them is tapped."""
    found = nearest_times(hold.service, hold.starts_at, get_zone(hold.time_zone))
    return [(day, time, StartConverter().to_url(time.start)) for day, time in found]


def _state(hold: Hold, client: Client | None) -> str:
    now = timezone.now()
    if hold.state == Hold.State.RELEASED:
        return "released"
    if is_kept(hold, now):
        return "kept" if audience.may_book(hold.service, client) else "not_theirs"
    if not audience.is_offered(hold.service, client):
        return "not_theirs"
    if open_slot(hold.service, hold.starts_at, now, without=hold) is not None:
        return "free"
    return "over" if hold.starts_at <= now else "taken"


def _chosen(request: HttpRequest) -> datetime | None:
    """One of the other times on the page, where one of them was tapped."""
    if "start" not in request.POST:
        return None
    try:
        return StartConverter().to_python(request.POST["start"])
    except ValueError as error:
        raise Http404 from error
