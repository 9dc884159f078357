"""Asks once more who somebody is, before what could do great harm from a desk left open."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import update_wrapper
from typing import Any, TypeVar, cast

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import suspend_request
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase

from counsel.common.keeps_words import give_back

_View = TypeVar("_View", bound=Callable[..., HttpResponseBase])


def step_up_required(view: _View) -> _View:
    """For signed-in people who showed who they are within ACCOUNT_REAUTHENTICATION_TIMEOUT.

    Others are asked first. What they sent goes through by itself afterwards; where there are
    anything in it, that stays on the page instead, to be sent again: a session keeps no words.
    """

    def guarded(request: HttpRequest, /, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if is_fresh(request):
            return view(request, *args, **kwargs)
        ways = get_adapter().get_reauthentication_methods(request.user)
        if not ways:
            # Who signs in by mailed codes alone shows it by doing so anew.
            logout(request)
            if request.method == "POST":
                return give_back(request, status=401)
            return redirect_to_login(request.get_full_path())
        if _has_words(request):
            return give_back(request, status=401, prove_at=ways[0]["url"])
        return cast(HttpResponseBase, suspend_request(request, ways[0]["url"]))

    return cast(_View, update_wrapper(guarded, view))


def is_fresh(request: HttpRequest) -> bool:
    """Whether they signed in, or showed again who they are, a short while ago."""
    steps = get_authentication_records(request, request.user)
    latest = max((step["at"] for step in steps), default=0)
    return bool(time.time() - latest < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)


def _has_words(request: HttpRequest) -> bool:
    sent = (key for key, value in request.POST.items() if value)
    return any(not key.startswith("_") and key != "csrfmiddlewaretoken" for key in sent)
