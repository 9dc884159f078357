from __future__ import annotations

import uuid
from typing import cast

from allauth.account.utils import perform_login
from django.conf import settings as django_settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from clients.access import invitation_by_token, own_client, own_cover
from clients.forms import SettingsForm, ZoneForm
from clients.home import filled_panels
from clients.models import Cover, Invitation
from clients.portal import choose_portal_client, portal_client
from clients.selectors import consents_of, invitation_is_open, records_of
from clients.services import (
    client_settings_change,
    cover_end,
    invitation_accept,
    must_sign_in_first,
)
from counsel.audit.models import Verb
from counsel.audit.services import record_access
from counsel.common.errors import DomainError
from counsel.common.http import AuthedRequest, id_or_404, require_get_or_post, signed_in


@require_safe
@signed_in
def home(request: AuthedRequest) -> HttpResponse:
    client = portal_client(request)
    now = timezone.now()
    panels = [
        render_to_string(panel.template, {**panel.context, "client": client}, request)
        for panel in filled_panels(client, now)
    ]
    local = now.astimezone(client.zone)
    context = {"client": client, "panels": panels, "now": local, "greeting": greeting(local.hour)}
    return render(request, "clients/home.html", context)


def greeting(hour: int) -> str:
    if 5 <= hour < 12:
        return _("Good morning")
    if 12 <= hour < 18:
        return _("Good afternoon")
    return _("Good evening")


@require_get_or_post
@signed_in
def settings(request: AuthedRequest) -> HttpResponse:
    client = portal_client(request)
    form = SettingsForm(request.POST or None, instance=client)
    if request.method == "POST" and form.is_valid():
        client_settings_change(client=client, settings=form.decided())
        messages.success(request, _("Your settings are saved."))
        return redirect("clients:settings")
    context = {
        "client": client,
        "form": form,
        "records": records_of(request.user),
        "consents": consents_of(client),
        "languages": django_settings.LANGUAGES,
    }
    return render(request, "clients/settings.html", context)


@require_POST
@signed_in
def choose(request: AuthedRequest) -> HttpResponse:
    """Turn to another of the person's counsellors."""
    chosen = id_or_404(request.POST.get("record", ""))
    choose_portal_client(request, own_client(request.user, chosen))
    return redirect("clients:home")


@require_POST
@signed_in
def end_cover(request: AuthedRequest, cover_id: uuid.UUID) -> HttpResponse:
    """Whoever reads the record for a while reads nothing of it from now on."""
    cover = own_cover(request.user, cover_id)
    with transaction.atomic():
        cover_end(cover=cover, by=Cover.EndedBy.CLIENT)
        record_access(verb=Verb.CHANGE, subject=cover, client_id=cover.client_id, request=request)
    messages.success(request, _("Ended. They can't read your record any more."))
    return redirect("records:record")


@require_get_or_post
@never_cache
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Opening the link changes nothing; only the button on the page does."""
    try:
        invited = invitation_by_token(token)
    except Http404:
        return render(request, "clients/invitation_unknown.html", status=404)
    user = request.user if request.user.is_authenticated else None
    if not invitation_is_open(invited, timezone.now()):
        used = invited.accepted_at is not None or invited.client.user_id is not None
        return render(request, "clients/invitation_over.html", {"used": used})
    if must_sign_in_first(invited.client, user):
        return render(request, "clients/invitation_sign_in.html")
    form = ZoneForm(request.POST or None, current_zone=invited.client.time_zone)
    if request.method == "POST" and form.is_valid():
        return _accept(request, invited, form.cleaned_data["time_zone"])
    return render(request, "clients/invitation.html", {"form": form})


def _accept(request: HttpRequest, invited: Invitation, time_zone: str) -> HttpResponse:
    signed_in = request.user if request.user.is_authenticated else None
    try:
        user = invitation_accept(invitation=invited, time_zone=time_zone, signed_in=signed_in)
    except DomainError:
        # Another window was faster; the page now says so.
        return redirect(request.path)
    choose_portal_client(request, invited.client)
    if signed_in is not None:
        return redirect("clients:home")
    return cast(HttpResponse, perform_login(request, user, redirect_url=reverse("clients:welcome")))


@require_safe
@signed_in
def welcome(request: AuthedRequest) -> HttpResponse:
    """After the invitation: ways to sign in next time, none of them required."""
    client = portal_client(request)
    return render(request, "clients/welcome.html", {"client": client})
