"""Passkeys, authenticator apps and recovery codes, as we want them.

For staff each of them is a second lock. For clients a passkey is a quicker way in and no
second lock: somebody who loses their phone must still get in with a mailed code. Clients who
want a second lock add an authenticator app.
"""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.mfa import signals, stages
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from allauth.usersessions.models import UserSession
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from counsel.accounts.models import User
from counsel.common.encryption import seal, unseal

# What the secrets are bound to: the library seals them before they have a row.
PLACE = "mfa.authenticator"
_LOCKS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


class SecondStepAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Keeps the secrets behind the codes encrypted at rest, and calls a device a device."""

    def encrypt(self, text: str) -> str:
        return seal(text, PLACE)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text, PLACE)

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return _("My device") if number == 1 else _("My device {number}").format(number=number)


class SecondStepStage(stages.AuthenticateStage):  # type: ignore[misc]
    def handle(self) -> tuple[Any, bool]:
        user = self.login.user
        if user and not user.is_staff and not is_mfa_enabled(user, [Authenticator.Type.TOTP]):
            return None, True
        step: tuple[Any, bool] = super().handle()
        return step


class AddPasskeyForm(AddWebAuthnForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        alone = self.fields["passwordless"]
        # Without it a key would only ever be a second step, of no use to those with one door.
        alone.initial = True
        alone.label = gettext_lazy("It opens my page by itself")
        alone.help_text = gettext_lazy("Leave this on, unless it is a key without code or finger.")


def has_passed(request: HttpRequest) -> bool:
    """Whether this sign-in came through a second lock. Asks the session alone."""
    return any(
        step["method"] == "mfa" for step in get_authentication_records(request, request.user)
    )


def install() -> None:
    """What follows when somebody changes their locks; allauth tells by its signals."""
    signals.authenticator_added.connect(_on_added, dispatch_uid="counsel.second_step")
    for signal in (signals.authenticator_removed, signals.authenticator_reset):
        signal.connect(_on_changed, dispatch_uid="counsel.second_step")


def _on_added(
    sender: Any, request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any
) -> None:
    _end_others(request, user)
    if authenticator.type in _LOCKS:
        # To add it they have just used it.
        record_authentication(request, user, "mfa", type=authenticator.type)


def _on_changed(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    _end_others(request, user)
    if user.is_staff and not is_mfa_enabled(user, list(_LOCKS)):
        # Without a lock they go no further than the page that asks for one.
        request.session.cycle_key()
        request.session["account_authentication_methods"] = []


def _end_others(request: HttpRequest, user: User) -> None:
    """Whoever came in by an old lock comes in anew."""
    others = UserSession.objects.filter(user=user)
    for session in others.exclude(session_key=request.session.session_key):
        session.end()
