"""Signed links to one consultation: opaque keys inside, nothing about anybody.

One token opens the page after booking. The others come from a mail. Each is bound to what it is
for, to one version of one consultation, so that it stops working once that has changed, and to
the client's address: once that is corrected, the links in the old mailbox are dead.
"""

from __future__ import annotations

import uuid
from enum import StrEnum

from django.core.signing import BadSignature, Signer

from sessions.models import Consultation

_booked = Signer(salt="sessions.booked")


class BadToken(ValueError):
    """Not one of ours, not for this page, or not for this address any more."""


class Use(StrEnum):
    """What the holder of a token may do: a token for one opens none of the others."""

    APPOINTMENT = "appointment"
    MOVING = "moving"
    UNDOING = "undoing"


def booked_token(consultation: Consultation) -> str:
    return _booked.sign(consultation.pk.hex)


def booked_id(token: str) -> uuid.UUID:
    """Raises BadToken."""
    return uuid.UUID(_unsigned(_booked, token))


def appointment_token(consultation: Consultation) -> str:
    """For the page that says when, and cancels."""
    return _mailed(consultation, Use.APPOINTMENT)


def moving_token(consultation: Consultation) -> str:
    """For the pages on which another time is chosen."""
    return _mailed(consultation, Use.MOVING)


def undo_token(consultation: Consultation) -> str:
    """For taking back the change that made this version."""
    return _mailed(consultation, Use.UNDOING)


def unproven_id(token: str) -> uuid.UUID:
    """Which consultation a mailed token speaks of, its signature not looked at yet.

    Raises BadToken.
    """
    try:
        return uuid.UUID(hex=token.partition("-")[0])
    except ValueError as error:
        raise BadToken("This link names nothing.") from error


def proven_version(token: str, consultation: Consultation, use: Use) -> int:
    """The version of it that the token was made for. Raises BadToken."""
    key, _dash, version = _unsigned(_signer(consultation, use), token).partition("-")
    if key != consultation.pk.hex:
        raise BadToken("This link is for another one.")
    return int(version)


def _mailed(consultation: Consultation, use: Use) -> str:
    return _signer(consultation, use).sign(f"{consultation.pk.hex}-{consultation.version}")


def _signer(consultation: Consultation, use: Use) -> Signer:
    return Signer(salt=f"sessions.{use}:{consultation.client.email.lower()}")


def _unsigned(signer: Signer, token: str) -> str:
    try:
        return signer.unsign(token)
    except BadSignature as error:
        raise BadToken("This link is not ours.") from error
