"""A door that loses no words: who was signed out while writing gets them back."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import Any, Concatenate, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control

from counsel.common.http import AuthedRequest

_P = ParamSpec("_P")


def keeps_words(
    view: Callable[Concatenate[AuthedRequest, _P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, _P], HttpResponse]:
    """Like `signed_in`, but what was sent comes back on a page that can send it again."""

    def door(request: HttpRequest, /, *args: _P.args, **kwargs: _P.kwargs) -> HttpResponse:
        if request.user.is_authenticated:
            return view(cast(AuthedRequest, request), *args, **kwargs)
        if request.method == "POST":
            return _give_back(request)
        return redirect_to_login(request.get_full_path())

    update_wrapper(door, view)
    return door


def _give_back(request: HttpRequest) -> HttpResponse:
    sent = [
        (name, value)
        for name, values in request.POST.lists()
        if name != "csrfmiddlewaretoken"
        for value in cast("list[Any]", values)
    ]
    words = [value for name, value in sent if not name.startswith("_") and " " in value.strip()]
    context = {"sent": sent, "words": words}
    response = render(request, "exercises/signed_out.html", context, status=401)
    patch_cache_control(response, no_store=True, private=True)
    return response
