"""The signature in the link that stops mails about homework: an opaque key, nothing readable.

It opens nothing and tells nothing, so it does not run out: the oldest mail somebody finds can
still be the one they stop them from.
"""

from __future__ import annotations

import uuid

from django.core.signing import BadSignature, Signer

from clients.models import Client

_signer = Signer(salt="clients.homework_mails")


def stop_token(client: Client) -> str:
    return _signer.sign(client.pk.hex)


def stopped_id(token: str) -> uuid.UUID:
    """Whose mails it stops. Raises ValueError for a token that is not ours."""
    try:
        return uuid.UUID(hex=_signer.unsign(token))
    except BadSignature as error:
        raise ValueError("This link is not ours.") from error
