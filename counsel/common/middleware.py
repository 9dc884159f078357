"""Small things every request gets: an id, the reader's time zone, no shared caching; UTF-8.

And calm words where something that is sealed does not open.
"""

from __future__ import annotations

import codecs
import logging
import uuid
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers, patch_cache_control

from counsel.common.encryption import SealError
from counsel.common.zones import UnknownZone, get_zone

GetResponse = Callable[[HttpRequest], HttpResponse]
_log = logging.getLogger(__name__)


class RequestIdMiddleware:
    """Gives each request a random id that log lines and access events share."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.id = uuid.uuid4()  # type: ignore[attr-defined]
        return self.get_response(request)


class Utf8Middleware:
    """Refuses what says to be in another encoding than UTF-8, which all our pages send.

    Python knows encodings that read half a surrogate pair out of plain letters: no database
    keeps it, and no page can show it again.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # None where the request names no encoding, or none that exists.
        if request.encoding and codecs.lookup(request.encoding).name != "utf-8":
            raise BadRequest("not in UTF-8")
        return self.get_response(request)


class PublicHelpMiddleware:
    """Makes the help page, the empty one to leave to, and the probes the same for everybody.

    Whoever asks for them is taken for a stranger, so that nothing on the way looks anybody
    up: they open even while the database is down.
    """

    NAMES = ("help", "away", "live", "ready")

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info in map(reverse, self.NAMES):
            request.COOKIES.pop(settings.SESSION_COOKIE_NAME, None)
            request.is_for_everybody = True  # type: ignore[attr-defined]
        return self.get_response(request)


class ReaderZoneMiddleware:
    """Shows times in the signed-in reader's zone; visitors see the zone a page chooses."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            try:
                zone = get_zone(request.user.time_zone)
            except UnknownZone:
                zone = get_zone("UTC")
            with timezone.override(zone):
                return self.get_response(request)
        return self.get_response(request)


class PrivateCacheMiddleware:
    """Keeps signed-in pages out of every cache, the browser's own included.

    Signing out also has the browser throw away what it kept all the same.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        came_signed_in = request.user.is_authenticated
        response = self.get_response(request)
        if came_signed_in or request.user.is_authenticated:
            add_never_cache_headers(response)
            patch_cache_control(response, no_store=True, private=True)
        if came_signed_in and not request.user.is_authenticated:
            response["Clear-Site-Data"] = '"cache"'
        return response


class SealedMiddleware:
    """A page whose words do not open shows none of them, and says so instead of breaking."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, SealError):
            return None
        _log.critical("Request %s: %s", request.id, error)  # type: ignore[attr-defined]
        return render(request, "503.html", status=503)
