"""Signed links of the waiting list: opaque keys, bound to their page and to the address."""

from __future__ import annotations

import uuid

from django.core.signing import BadSignature, Signer

from sessions.models import Hold, WaitingEntry
from sessions.tokens.appointments import BadToken


def waiting_token(entry: WaitingEntry) -> str:
    """For one's own place in the list: confirming it, the wishes, leaving."""
    return _signer("waiting", entry.email).sign(entry.pk.hex)


def offer_token(offer: Hold) -> str:
    """For one offered time: yes or no."""
    return _signer("offer", offer.email).sign(offer.pk.hex)


def unproven_id(token: str) -> uuid.UUID:
    """The key a token speaks of, its signature not yet looked at. Raises BadToken."""
    try:
        return uuid.UUID(hex=token.partition(":")[0])
    except ValueError as error:
        raise BadToken("This link is not ours.") from error


def is_for_entry(token: str, entry: WaitingEntry) -> bool:
    return _fits(token, _signer("waiting", entry.email))


def is_for_offer(token: str, offer: Hold) -> bool:
    return _fits(token, _signer("offer", offer.email))


def _signer(page: str, email: str) -> Signer:
    return Signer(salt=f"sessions.{page}:{email.lower()}")


def _fits(token: str, signer: Signer) -> bool:
    try:
        signer.unsign(token)
    except BadSignature:
        return False
    return True
