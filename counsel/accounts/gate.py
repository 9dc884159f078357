"""Staff go nowhere before they have come through a second lock."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from counsel.accounts.second_step import has_passed

# Where somebody sets up a lock, proves who they are, finds help, or leaves.
_OPEN = frozenset(
    {
        *("second_lock", "mfa_activate_totp", "add_passkey", "mfa_view_recovery_codes"),
        *("account_reauthenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn"),
        *("account_logout", "help", "away"),
    }
)


class SecondLockMiddleware:
    """Everywhere else they are sent to the page that explains it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        user = request.user
        if not (user.is_authenticated and user.is_staff) or has_passed(request):
            return None
        match = request.resolver_match
        if match is not None and not match.namespaces and match.url_name in _OPEN:
            return None
        return redirect("second_lock")
