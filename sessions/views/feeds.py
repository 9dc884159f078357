"""Appointments in somebody's own calendar program: the file it reads, and the client's page."""

from __future__ import annotations

import hashlib

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control
from django.views.decorators.http import require_safe

from clients.portal import portal_client
from counsel.common.http import AuthedRequest, require_get_or_post, signed_in
from sessions.access import feed_by_secret
from sessions.calendars.feeds import feed_file
from sessions.calendars.files import LOOK_AGAIN, MIMETYPE
from sessions.models import CalendarFeed
from sessions.services import feed_end, feed_make, feed_note_read, feed_of

# Programs look every few minutes at most; one that has lost its mind waits.
MOST_READS_AN_HOUR = 120


@require_safe
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """What a calendar program reads. Whoever knows the address is let in; nobody signs in."""
    found = feed_by_secret(secret)
    if not _may_read(found):
        response = HttpResponse(status=429)
        response["Retry-After"] = str(int(LOOK_AGAIN.total_seconds()))
        return response
    now = timezone.now()
    feed_note_read(feed=found, now=now)
    text = feed_file(found, now)
    etag = f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'
    response = HttpResponse(text, content_type=f"{MIMETYPE}; charset=utf-8")
    response["ETag"] = etag
    patch_cache_control(response, private=True, no_cache=True)
    answer = get_conditional_response(request, etag=etag, response=response)
    return response if answer is None else answer


def _may_read(found: CalendarFeed) -> bool:
    key = f"feed:{found.pk}"
    if cache.add(key, 1, LOOK_AGAIN.total_seconds()):
        return True
    try:
        return cache.incr(key) <= MOST_READS_AN_HOUR
    except ValueError:
        return True  # the hour ended in between


@require_get_or_post
@signed_in
def my_feed(request: AuthedRequest) -> HttpResponse:
    """The client's page about it: how it works, who can read it, making it and ending it."""
    client = portal_client(request)
    secret = ""
    if request.method == "POST":
        if request.POST.get("do") != "make":
            feed_end(owner=client)
            return redirect("booking:my_feed")
        secret = feed_make(owner=client)
    context = {"client": client, "feed": feed_of(client), **feed_addresses(secret)}
    return render(request, "sessions/feed.html", context)


def feed_addresses(secret: str) -> dict[str, str]:
    """The address as it is shown, once, and in the form that calendar programs open."""
    if not secret:
        return {}
    address = f"{settings.BASE_URL}{reverse('booking:feed', args=[secret])}"
    return {"address": address, "opens": f"webcal://{address.partition('://')[2]}"}
