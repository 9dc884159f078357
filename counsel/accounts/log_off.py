"""Ends a sign-in that nobody uses any more, and every one in the end. The server decides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

BEGAN, SEEN = "sign_in_began", "sign_in_seen"
# A busy hour writes the session once a minute at most.
NOTE_EVERY = 60


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a sign-in lasts: without a word from its reader, and at most."""

    idle: timedelta
    whole: timedelta

    def are_over(self, *, now: float, began: float, seen: float) -> bool:
        """All three are seconds since 1970."""
        unused, age = now - seen, now - began
        return unused > self.idle.total_seconds() or age > self.whole.total_seconds()


def limits_of(user: Any) -> Limits:
    """Shorter for staff: on an open desk lie the records of many (figures of our own)."""
    if user.is_staff:
        return Limits(timedelta(minutes=settings.STAFF_IDLE_MINUTES), timedelta(hours=12))
    return Limits(timedelta(minutes=settings.CLIENT_IDLE_MINUTES), timedelta(days=7))


class LogOffMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = timezone.now().timestamp()
            # A sign-in that says nothing of its beginning is none.
            began, seen = request.session.get(BEGAN, 0), request.session.get(SEEN, 0)
            if limits_of(request.user).are_over(now=now, began=began, seen=seen):
                logout(request)
            elif now - seen >= NOTE_EVERY:
                request.session[SEEN] = now
        return self.get_response(request)


def install() -> None:
    user_logged_in.connect(_on_sign_in, dispatch_uid="counsel.log_off")


def _on_sign_in(sender: Any, request: HttpRequest, **kwargs: Any) -> None:
    request.session[BEGAN] = request.session[SEEN] = timezone.now().timestamp()
