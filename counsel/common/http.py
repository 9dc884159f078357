"""Doors and request types that the pages of every app share."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import update_wrapper
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar, cast

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_http_methods

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
) -> Callable[Concatenate[HttpRequest, _P], _R]:
    """`login_required`, and mypy knows that there is a user."""

    def door(request: HttpRequest, /, *args: _P.args, **kwargs: _P.kwargs) -> _R:
        return view(cast(AuthedRequest, request), *args, **kwargs)

    return login_required(update_wrapper(door, view))


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
