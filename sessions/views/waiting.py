"""The waiting list: joining it, one's own place in it, and an offered time."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache

from clients.models import ConsentDocument
from clients.selectors import consents_of, current_consent
from counsel.common.errors import ConflictError, DomainError
from counsel.common.http import require_get_or_post
from counsel.common.zones import get_zone
from sessions import audience
from sessions.access import offered_time, public_service, waiting_entry
from sessions.forms.waiting import JoinForm, OfferForm, WishForm
from sessions.limits import asked_for, may_ask
from sessions.models import Hold, WaitingEntry
from sessions.services import (
    hold_confirm,
    hold_release,
    waiting_confirm,
    waiting_join,
    waiting_leave,
    waiting_wish,
)
from sessions.services.asking import client_with
from sessions.services.holds import is_kept
from sessions.tokens.appointments import booked_token
from sessions.tokens.waiting import waiting_token
from sessions.views.booking import CONSENT
from sessions.views.reader import reader_zone


@require_get_or_post
@never_cache
def join(request: HttpRequest, slug: str, service: str) -> HttpResponse:
    """Somebody whom no open time suits. The answer is the same whoever's address it is."""
    wanted = public_service(slug, service, request.user)
    reader = reader_zone(request, wanted.counsellor)
    client = audience.client_of(request.user, wanted.counsellor)
    known = {"name": client.name, "email": client.email} if client else {}
    form = JoinForm(request.POST or None, zone_is_known=reader.is_known, initial=known)
    context = {"service": wanted, "counsellor": wanted.counsellor, "reader": reader, "form": form}
    if request.method != "POST" or "look" in request.POST:
        return render(request, "sessions/waiting_join.html", context)
    if not form.is_valid():
        return render(request, "sessions/waiting_join.html", context, status=422)
    email: str = form.cleaned_data["email"]
    own = client if client and client.email.lower() == email.lower() else None
    if not may_ask(request, email, own):
        return render(
            request, "sessions/waiting_join.html", context | {"limited": True}, status=429
        )
    try:
        entry = waiting_join(
            service=wanted,
            name=form.cleaned_data["name"],
            email=email,
            time_zone=reader.zone.key,
            language=get_language() or settings.LANGUAGE_CODE,
            client=own,
            **form.wishes,
        )
    except DomainError as error:
        form.add_error(error.field if error.field in form.fields else None, error.message)
        return render(request, "sessions/waiting_join.html", context, status=422)
    if own:
        return redirect("booking:waiting", waiting_token(entry))
    asked_for(request)
    return render(request, "sessions/waiting_asked.html", context)


@require_get_or_post
@never_cache
def place(request: HttpRequest, token: str) -> HttpResponse:
    """One's own place in the list. Opening it changes nothing."""
    entry = waiting_entry(token)
    form = WishForm(request.POST if "wish" in request.POST else None, initial=_wishes(entry))
    try:
        if "confirm" in request.POST:
            waiting_confirm(entry=entry)
        elif "leave" in request.POST:
            waiting_leave(entry=entry)
        elif "wish" in request.POST and form.is_valid():
            waiting_wish(entry=entry, **form.wishes)
    except DomainError as error:
        return _place(request, entry, form, said=error.message, status=409)
    if request.method == "POST" and not form.errors:
        return redirect("booking:waiting", token)
    return _place(request, entry, form, status=422 if form.errors else 200)


def _wishes(entry: WaitingEntry) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in ("weekdays", "earliest", "latest")}


def _place(
    request: HttpRequest, entry: WaitingEntry, form: WishForm, *, said: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "entry": entry,
        "service": entry.service,
        "zone": get_zone(entry.time_zone),
        "form": form,
        "said": said,
    }
    return render(request, "sessions/waiting_place.html", context, status=status)


@require_get_or_post
@never_cache
def offer(request: HttpRequest, token: str) -> HttpResponse:
    """An offered time: yes or no, by a click."""
    offered = offered_time(token)
    if offered.consultation is not None:
        return redirect("booking:booked", booked_token(offered.consultation))
    form = _offer_form(request, offered)
    if "no" in request.POST:
        return _given_back(request, offered, token)
    if request.method != "POST":
        return _offer(request, offered, form)
    if not form.is_valid():
        return _offer(request, offered, form, status=422)
    try:
        booked = hold_confirm(hold=offered, consent=form.consent, intake=form.answers())
    except DomainError:
        # It became something else between the reading and the click: say how it stands now.
        return _offer(request, offered_time(token), form, status=409)
    return redirect("booking:booked", booked_token(booked))


def _given_back(request: HttpRequest, offered: Hold, token: str) -> HttpResponse:
    # Booked in another window meanwhile: the page says so.
    with suppress(ConflictError):
        hold_release(hold=offered)
    return redirect("booking:offer", token)


def _offer_form(request: HttpRequest, offered: Hold) -> OfferForm:
    return OfferForm(
        request.POST if request.method == "POST" else None,
        questions=list(offered.service.questions.all()),
        consent=_consent_to_ask(offered),
    )


def _consent_to_ask(offered: Hold) -> ConsentDocument | None:
    """The text to agree to; None for a client who has agreed to it and not taken it back."""
    text = current_consent(CONSENT, offered.language)
    client = client_with(offered.service.counsellor, offered.email)
    standing = client and consents_of(client).filter(document=text, withdrawn_at=None)
    return None if standing and standing.exists() else text


def _offer(request: HttpRequest, offered: Hold, form: OfferForm, status: int = 200) -> HttpResponse:
    service = offered.service
    client = client_with(service.counsellor, offered.email)
    context = {
        "offer": offered,
        "service": service,
        "zone": get_zone(offered.time_zone),
        "form": form,
        "consent": form.consent,
        "is_kept": is_kept(offered, timezone.now()),
        "was_given_back": offered.state == Hold.State.RELEASED,
        "instant": audience.is_instant(service, client),
    }
    return render(request, "sessions/waiting_offer.html", context, status=status)
