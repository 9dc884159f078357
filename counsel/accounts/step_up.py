"""Asks once more who somebody is, before what could do great harm from a desk left open."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from allauth.account.decorators import reauthentication_required

View = TypeVar("View", bound=Callable[..., Any])


def step_up_required(view: View) -> View:
    """For signed-in people: a password or second step within ACCOUNT_REAUTHENTICATION_TIMEOUT.

    What they sent meanwhile is sent again once they have answered.
    """
    wrapped: View = reauthentication_required(enabled=True)(view)
    return wrapped
