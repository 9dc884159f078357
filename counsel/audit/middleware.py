from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeAlias

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from counsel.audit.services import NotRecorded

GetResponse: TypeAlias = Callable[[HttpRequest], HttpResponse]

_log = logging.getLogger(__name__)


class NotRecordedMiddleware:
    """A page whose reading cannot be recorded is not shown, and says so instead of breaking."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, NotRecorded):
            return None
        cause = type(error.__cause__).__name__
        _log.critical("Request %s: the access log takes no event (%s)", request.id, cause)  # type: ignore[attr-defined]
        return render(request, "503.html", status=503)
