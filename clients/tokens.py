"""The signature in an invitation's link.

The link holds the invitation's id, nothing readable about anybody, and a signature over it
and the address it was sent to: once the address changes, the link in the old mailbox is dead.
"""

from __future__ import annotations

import uuid

from django.core import signing

from clients.models import Invitation


def invitation_token(invitation: Invitation) -> str:
    return _signer(invitation).sign(invitation.pk.hex)


def invitation_id(token: str) -> uuid.UUID:
    """The id a token speaks of, not yet proven. Raises ValueError where there is none."""
    return uuid.UUID(hex=token.partition(":")[0])


def token_fits(token: str, invitation: Invitation) -> bool:
    try:
        return _signer(invitation).unsign(token) == invitation.pk.hex
    except signing.BadSignature:
        return False


def _signer(invitation: Invitation) -> signing.Signer:
    return signing.Signer(salt=f"clients.invitation:{invitation.client.email.lower()}")
