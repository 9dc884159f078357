"""Links without what makes them work, for those who may read a message and not act on it."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import Resolver404, resolve

_LEFT_OUT = "…"
_LINK = re.compile(r"""https?://[^\s<>"']+""")
# What a signer of Django's makes, wherever it stands.
_SIGNED = re.compile(r"[\w-]+(?::[\w-]+)?:[\w-]{40,}")
_VARIABLE = re.compile(r"<(?:\w+:)?\w+>")


def without_keys(text: str) -> str:
    """The text with "…" for every part of a link of ours that is not the same for everybody.

    Whoever holds such a link can confirm, move or cancel with it as the person it was sent to.
    """
    return _SIGNED.sub(_LEFT_OUT, _LINK.sub(_disarmed, text))


def _disarmed(link: re.Match[str]) -> str:
    parts = urlsplit(link[0])
    ours = urlsplit(settings.BASE_URL)
    if parts.netloc != ours.netloc:
        return link[0]
    query = f"?{_LEFT_OUT}" if parts.query or parts.fragment else ""
    return f"{parts.scheme}://{parts.netloc}{_plain(parts.path)}{query}"


def _plain(path: str) -> str:
    """The path as the resolver spells it; nothing of one that it does not know."""
    if path in ("", "/"):
        return path
    try:
        route = resolve(path).route
    except Resolver404:
        return f"/{_LEFT_OUT}"
    shown = _VARIABLE.sub(_LEFT_OUT, route)
    return f"/{_LEFT_OUT}" if "(?P" in shown else f"/{shown}"
