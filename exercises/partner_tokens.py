"""The signature in the link of a partner's invitation.

The link holds the invitation's id, nothing readable about anybody, and a signature over it and
the address it was sent to.
"""

from __future__ import annotations

import uuid

from django.core import signing

from exercises.models import Partner


def partner_token(partner: Partner) -> str:
    return _signer(partner).sign(partner.pk.hex)


def unproven_id(token: str) -> uuid.UUID:
    """The id a token speaks of, not yet proven. Raises ValueError where there is none."""
    return uuid.UUID(hex=token.partition(":")[0])


def token_fits(token: str, partner: Partner) -> bool:
    try:
        return _signer(partner).unsign(token) == partner.pk.hex
    except signing.BadSignature:
        return False


def _signer(partner: Partner) -> signing.Signer:
    return signing.Signer(salt=f"exercises.partner:{partner.email.lower()}")
