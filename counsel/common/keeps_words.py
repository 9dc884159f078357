"""A door that loses no words: who was signed out while writing gets them back.

Signing in again, in another tab, makes the tokens of all open pages stale; what such a page sends
comes back the same way, with a fresh token, and is kept only when its writer sends it once more.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.views import csrf

_MARK = "keeps_words"
_View = TypeVar("_View", bound=Callable[..., Any])


def door(view: _View) -> _View:
    """Marks a view that gives words back, so that `csrf_failure` knows it by."""
    view.__dict__[_MARK] = True
    return view


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's refusal of a form without a good token (`CSRF_FAILURE_VIEW`).

    To a page with words on it they are given back, where the browser says that our own page sent
    them. What another site sent is refused, and never shown as if its reader had written it.
    """
    match = request.resolver_match
    is_door = match is not None and (hasattr(match.func, _MARK) or "admin" in match.app_names)
    if is_door and _is_from_here(request):
        return give_back(request, status=403)
    return csrf.csrf_failure(request, reason)


def _is_from_here(request: HttpRequest) -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    # Browsers of before 2023.
    sender = urlsplit(request.headers.get("Origin") or request.headers.get("Referer", ""))
    return (sender.scheme, sender.netloc) == (request.scheme, request.get_host())


def give_back(request: HttpRequest, *, status: int, prove_at: str = "") -> HttpResponse:
    """A page with all that was sent, to send it once more. Files have to be chosen again.

    `prove_at` is where somebody who is signed in shows first who they are.
    """
    sent = [
        (name, value)
        for name, values in request.POST.lists()
        if name != "csrfmiddlewaretoken"
        for value in cast("list[Any]", values)
    ]
    words = [value for name, value in sent if not name.startswith("_") and " " in value.strip()]
    context = {
        "sent": sent,
        "words": words,
        "had_files": bool(request.FILES),
        "prove_at": prove_at,
        "is_signed_in": request.user.is_authenticated,
    }
    response = render(request, "signed_out.html", context, status=status)
    patch_cache_control(response, no_store=True, private=True)
    return response
