"""How often somebody may ask: what asks too much of a calendar, or of a mailbox, waits."""

from __future__ import annotations

from typing import Any

from allauth.core import ratelimit
from django.http import HttpRequest

from clients.models import Client


def may_ask(request: HttpRequest, email: str, client: Client | None) -> bool:
    """Counts one request for a time or a place in the list.

    `client` is who is signed in, where the address is theirs: nobody who types it keeps them
    out. What anybody else asks for makes us write to an address that may not be theirs, so only
    so much may be asked from one connection; see `asked_for`.
    """
    if client is not None:
        return _counts(request, "book", key=f"client:{client.pk}")
    is_few = _counts(request, "book", key=mailbox(email))
    return is_few and _counts(request, "ask", dry_run=True)


def asked_for(request: HttpRequest) -> None:
    """Counts what was not refused: a time is kept, or a mail is on its way to somebody."""
    _counts(request, "ask")


def _counts(request: HttpRequest, action: str, **more: Any) -> bool:
    return bool(ratelimit.consume(request, action=action, **more))


def mailbox(email: str) -> str:
    """Where 'ada+1@…' and 'ada+2@…' mostly both end."""
    name, _at, host = email.lower().rpartition("@")
    return f"{name.partition('+')[0]}@{host}"
