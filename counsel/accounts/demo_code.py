"""The second step of the demo practice, whose secrets are public, like its password."""

from __future__ import annotations

from urllib.parse import urlsplit

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.mfa.utils import decrypt
from django.conf import settings

from counsel.accounts.models import User

_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105 (printed for everybody)
_THIS_MACHINE = {"127.0.0.1", "localhost", "::1"}


def demo_lock(user: User) -> None:
    """Gives somebody of the demo practice an authenticator app whose secret everybody knows."""
    TOTP.activate(user, _SECRET)


def demo_code_for(user: User) -> str:
    """The six figures such an app shows now; nothing for anybody else, or where others come in."""
    if urlsplit(settings.BASE_URL).hostname not in _THIS_MACHINE:
        return ""
    lock = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
    if lock is None or decrypt(lock.data["secret"]) != _SECRET:
        return ""
    code: str = format_hotp_value(hotp_value(_SECRET, next(yield_hotp_counters_from_time())))
    return code
