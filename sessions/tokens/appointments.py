"""Signed links to one consultation: opaque keys inside, nothing about anybody.

One token opens the page after booking, to which the mail that confirms an address leads, too.
The others come from a mail, and are bound to one version of one consultation, so that they stop
working once that has changed. Each is bound to what it is for and to the client's address: once
that is corrected, the links in the old mailbox are dead.
"""

from __future__ import annotations

import re
import uuid
from enum import StrEnum

from django.core.signing import BadSignature, Signer

from sessions.models import Consultation

_BOOKED = "booked"
_KEY_ENDS = re.compile("[-:]")


class BadToken(ValueError):
    """Not one of ours, not for this page, or not for this address any more."""


class Use(StrEnum):
    """What the holder of a token may do: a token for one opens none of the others."""

    APPOINTMENT = "appointment"
    MOVING = "moving"
    UNDOING = "undoing"


def booked_token(consultation: Consultation) -> str:
    return _signer(consultation, _BOOKED).sign(consultation.pk.hex)


def prove_booked(token: str, consultation: Consultation) -> None:
    """Raises BadToken where the token is not for the page after booking this one."""
    if unsigned(_signer(consultation, _BOOKED), token) != consultation.pk.hex:
        raise BadToken("This link is for another one.")


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
    """Which consultation a token speaks of, its signature not looked at yet.

    Raises BadToken.
    """
    try:
        return uuid.UUID(hex=_KEY_ENDS.split(token, maxsplit=1)[0])
    except ValueError as error:
        raise BadToken("This link names nothing.") from error


def proven_version(token: str, consultation: Consultation, use: Use) -> int:
    """The version of it that the token was made for. Raises BadToken."""
    key, _dash, version = unsigned(_signer(consultation, use), token).partition("-")
    if key != consultation.pk.hex:
        raise BadToken("This link is for another one.")
    return int(version)


def _mailed(consultation: Consultation, use: Use) -> str:
    return _signer(consultation, use).sign(f"{consultation.pk.hex}-{consultation.version}")


def _signer(consultation: Consultation, use: str) -> Signer:
    return Signer(salt=f"sessions.{use}:{consultation.client.email.lower()}")


def unsigned(signer: Signer, token: str) -> str:
    """What was signed. Raises BadToken."""
    try:
        return signer.unsign(token)
    except BadSignature as error:
        raise BadToken("This link is not ours.") from error
