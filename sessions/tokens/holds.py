"""Signed links to a time that is kept: the opaque key of the hold, nothing about anybody.

One comes by mail and is what books; the other is for the browser that asked, and books nothing.
"""

from __future__ import annotations

import uuid

from django.core.signing import Signer

from sessions.models import Hold
from sessions.tokens.appointments import unsigned

_mailed = Signer(salt="sessions.hold")
_asked = Signer(salt="sessions.asked")


def hold_token(hold: Hold) -> str:
    """For the page behind the mail. Whoever has it reads the mail at that address."""
    return _mailed.sign(hold.pk.hex)


def hold_id(token: str) -> uuid.UUID:
    """Raises BadToken."""
    return uuid.UUID(unsigned(_mailed, token))


def asked_token(hold: Hold) -> str:
    """For the page that says to look into one's mail."""
    return _asked.sign(hold.pk.hex)


def asked_id(token: str) -> uuid.UUID:
    """Raises BadToken."""
    return uuid.UUID(unsigned(_asked, token))
