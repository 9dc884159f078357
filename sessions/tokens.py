"""Signed links into the booking pages: opaque keys inside, nothing about anybody.

One token opens the page after booking; the other, from a mail, is bound to one version of one
consultation, so that it stops working once the consultation has changed.
"""

from __future__ import annotations

import uuid

from django.core.signing import BadSignature, Signer

from sessions.models import Consultation

_booked = Signer(salt="sessions.booked")
_appointment = Signer(salt="sessions.appointment")


class BadToken(ValueError):
    """Not one of ours, or not for this page."""


def booked_token(consultation: Consultation) -> str:
    return _booked.sign(consultation.pk.hex)


def booked_id(token: str) -> uuid.UUID:
    """Raises BadToken."""
    return uuid.UUID(_unsigned(_booked, token))


def appointment_token(consultation: Consultation) -> str:
    return _appointment.sign(f"{consultation.pk.hex}-{consultation.version}")


def appointment_id_and_version(token: str) -> tuple[uuid.UUID, int]:
    """Raises BadToken."""
    key, _dash, version = _unsigned(_appointment, token).partition("-")
    return uuid.UUID(key), int(version)


def _unsigned(signer: Signer, token: str) -> str:
    try:
        return signer.unsign(token)
    except BadSignature as error:
        raise BadToken("This link is not ours.") from error
