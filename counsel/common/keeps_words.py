"""A door that loses no words: who was signed out while writing gets them back.

Signing in again, in another tab, makes the tokens of all open pages stale; what such a page sends
comes back the same way, with a fresh token, and is kept only when its writer sends it once more.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import Any, Concatenate, ParamSpec, cast
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.views import csrf

from counsel.common.http import AuthedRequest

_P = ParamSpec("_P")
_MARK = "keeps_words"


def keeps_words(
    view: Callable[Concatenate[AuthedRequest, _P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, _P], HttpResponse]:
    """Like `signed_in`, but what was sent comes back on a page that can send it again."""

    def door(request: HttpRequest, /, *args: _P.args, **kwargs: _P.kwargs) -> HttpResponse:
        if request.user.is_authenticated:
            return view(cast(AuthedRequest, request), *args, **kwargs)
        if request.method == "POST":
            return _give_back(request, status=401)
        return redirect_to_login(request.get_full_path())

    update_wrapper(door, view)
    # Carried by every decorator around it, so that `csrf_failure` knows the door.
    door.__dict__[_MARK] = True
    return door


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's refusal of a form without a good token (`CSRF_FAILURE_VIEW`).

    To a page with words on it they are given back, where the browser says that our own page sent
    them. What another site sent is refused, and never shown as if its reader had written it.
    """
    door = request.resolver_match and request.resolver_match.func
    if getattr(door, _MARK, False) and _is_from_here(request):
        return _give_back(request, status=403)
    return csrf.csrf_failure(request, reason)


def _is_from_here(request: HttpRequest) -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    # Browsers of before 2023.
    sender = urlsplit(request.headers.get("Origin") or request.headers.get("Referer", ""))
    return (sender.scheme, sender.netloc) == (request.scheme, request.get_host())


def _give_back(request: HttpRequest, *, status: int) -> HttpResponse:
    sent = [
        (name, value)
        for name, values in request.POST.lists()
        if name != "csrfmiddlewaretoken"
        for value in cast("list[Any]", values)
    ]
    words = [value for name, value in sent if not name.startswith("_") and " " in value.strip()]
    context = {"sent": sent, "words": words, "is_signed_in": request.user.is_authenticated}
    response = render(request, "signed_out.html", context, status=status)
    patch_cache_control(response, no_store=True, private=True)
    return response
