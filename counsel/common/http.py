"""Doors and request types that the pages of every app share."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import update_wrapper
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar, cast

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_http_methods

from counsel.common.keeps_words import door, give_back

if TYPE_CHECKING:
    from counsel.accounts.models import User

_P = ParamSpec("_P")
_R = TypeVar("_R", bound=HttpResponseBase)

# A page with a form that sends itself back here.
require_get_or_post = require_http_methods(["GET", "HEAD", "POST"])


class AuthedRequest(HttpRequest):
    """A request behind `signed_in`: there is a user."""

    user: User


def signed_in(
    view: Callable[Concatenate[AuthedRequest, _P], _R],
) -> Callable[Concatenate[HttpRequest, _P], HttpResponseBase]:
    """For people who are signed in; what somebody else sent comes back and can be sent again."""

    def guarded(request: HttpRequest, /, *args: _P.args, **kwargs: _P.kwargs) -> HttpResponseBase:
        if request.user.is_authenticated:
            return view(cast(AuthedRequest, request), *args, **kwargs)
        if request.method == "POST":
            return give_back(request, status=401)
        return redirect_to_login(request.get_full_path())

    return door(update_wrapper(guarded, view))


def id_or_404(text: str) -> uuid.UUID:
    """The id that a form or an address sent; what is none names nothing here."""
    try:
        return uuid.UUID(text)
    except ValueError:
        raise Http404 from None


def id_or_none(text: str) -> uuid.UUID | None:
    """The same where leaving it out is fine, and nonsense is like leaving it out."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
