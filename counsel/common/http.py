"""Request types, so that mypy knows who is asking."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest

if TYPE_CHECKING:
    from counsel.accounts.models import User


class AuthedRequest(HttpRequest):
    """A request behind `login_required`: there is a user."""

    user: User
