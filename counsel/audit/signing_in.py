"""Signing in, and failing to, leaves events as reading does: they tell what a thief tried."""

from __future__ import annotations

import uuid
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa import signals as second_step
from django.contrib.auth import signals
from django.http import HttpRequest

from counsel.accounts.models import User
from counsel.audit.models import Verb
from counsel.audit.services import record_access

# Whom nobody knows: a wrong address costs as much time, and leaves as many rows, as one that is
# right, and what was typed is not kept.
NOBODY = User(pk=uuid.UUID(int=0))


def install() -> None:
    uid = "counsel.audit.signing_in"
    signals.user_logged_in.connect(_on_sign_in, dispatch_uid=uid)
    signals.user_login_failed.connect(_on_wrong_password, dispatch_uid=uid)
    second_step.authentication_failed.connect(_on_wrong_code, dispatch_uid=uid)


def _on_sign_in(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    if _came_by_the_door(request):
        ways = [way["method"] for way in get_authentication_records(request, user)]
        _record(Verb.SIGN_IN, request, user, " + ".join(ways))


def _on_wrong_password(
    sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any
) -> None:
    if _came_by_the_door(request):
        email = str(credentials.get("email") or credentials.get("username") or "")
        user = User.objects.filter(email__iexact=email).first()
        _record(Verb.REFUSE, request, user or NOBODY, "password")


def _on_wrong_code(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    _record(Verb.REFUSE, request, user, "second step")


def _came_by_the_door(request: HttpRequest | None) -> bool:
    """A sign-in that a program makes for itself has no address to come from."""
    return request is not None and "REMOTE_ADDR" in request.META


def _record(verb: Verb, request: HttpRequest | None, user: User, reason: str) -> None:
    actor = None if user is NOBODY else user
    record_access(
        verb=verb, subject=user, client_id=None, request=request, actor=actor, reason=reason
    )
