"""The page "Notifications": the browsers on which a client gets them, and what these ask for."""

from __future__ import annotations

import uuid

from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from clients.access import own_device
from clients.device_forms import DeviceForm
from clients.models import Client
from clients.portal import portal_client
from clients.selectors import devices_of_user
from clients.services import device_add, device_remove, device_try
from counsel.accounts.templatetags.devices import device_words
from counsel.common.errors import DomainError
from counsel.common.http import AuthedRequest, require_get_or_post, signed_in

# The service worker has a say on these pages only, and there nothing but notifications.
SCOPE = "/my/"


@require_get_or_post
@signed_in
def devices(request: AuthedRequest) -> HttpResponse:
    client = portal_client(request)
    named = {"label": device_words(request.headers.get("User-Agent", ""))}
    form = DeviceForm(request.POST or None, initial=named)
    if request.method == "POST" and form.is_valid():
        try:
            device_add(client=client, device=form.device(), label=form.cleaned_data["label"])
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("Notifications are on for this device."))
            return redirect("clients:devices")
    return _page(request, client, form)


@require_POST
@signed_in
def remove(request: AuthedRequest, device_id: uuid.UUID) -> HttpResponse:
    device_remove(device=own_device(request.user, device_id))
    messages.success(request, _("Removed. Nothing is sent to it any more."))
    return redirect("clients:devices")


@require_POST
@signed_in
def test(request: AuthedRequest, device_id: uuid.UUID) -> HttpResponse:
    """Shows on the device itself how a notification looks there."""
    device = own_device(request.user, device_id)
    if not ratelimit.consume(request, action="notify", user=request.user):
        messages.warning(request, _("That was quite often. Wait a few minutes, please."))
        return redirect("clients:devices")
    try:
        is_there = device_try(device=device)
    except DomainError as error:
        messages.warning(request, error.message)
        return redirect("clients:devices")
    if is_there:
        messages.success(request, _("Sent. It should appear on that device in a moment."))
    else:
        messages.warning(
            request, _("That device takes notifications no more, so we removed it from the list.")
        )
    return redirect("clients:devices")


def _page(request: AuthedRequest, client: Client, form: DeviceForm) -> HttpResponse:
    context = {
        "client": client,
        "form": form,
        "devices": devices_of_user(request.user),
        "key": settings.VAPID_KEY.public if settings.VAPID_KEY else "",
        "scope": SCOPE,
    }
    status = 422 if form.errors else 200
    return render(request, "clients/devices.html", context, status=status)


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """From the root, and always under this address: browsers ask there for a newer one."""
    response = render(request, "clients/sw.js", content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    """What stands on the home screen of a phone: an iPhone shows notifications only from there."""
    icons = [
        {"src": static(f"img/icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png"}
        for size in (192, 512)
    ]
    content = {
        "id": "/",
        "name": settings.PRACTICE_NAME,
        "short_name": settings.PRACTICE_NAME,
        "start_url": "/start/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#fbf8f3",
        "theme_color": "#fbf8f3",
        "icons": icons,
    }
    return JsonResponse(content, content_type="application/manifest+json")
