"""What the host of our own address says, and the one that mails may carry in their headers."""

from __future__ import annotations

import ipaddress
from functools import lru_cache
from urllib.parse import urlsplit

from django.conf import settings

from counsel.reminders.words import assert_neutral

# Reserved for names that never exist (RFC 2606).
NO_HOST = "mail.invalid"
THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})


def is_only_here() -> bool:
    """Whether our links lead to this machine alone, so that nobody else can be in there."""
    return urlsplit(settings.BASE_URL).hostname in THIS_MACHINE


def mail_host() -> str:
    """The host of our links, which the mail shows anyway; never the machine's own name.

    A Message-ID wants a domain of ours. Where the links have none (an address of numbers,
    `localhost`), or where its name tells what this is about, it is one that tells nothing.
    """
    return _host_for(settings.BASE_URL)


@lru_cache(maxsize=8)
def _host_for(address: str) -> str:
    host = urlsplit(address).hostname or ""
    return host if "." in host and not _is_address(host) and not assert_neutral(host) else NO_HOST


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
