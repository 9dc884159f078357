"""Ending somebody else's sign-ins, and taking away a second lock that they have lost."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from counsel.accounts.models import User
from counsel.common.errors import DomainError


@transaction.atomic
def sign_ins_end(user: User) -> int:
    """Wherever they are signed in, they have to do so anew. Returns how many there were."""
    sessions = list(UserSession.objects.filter(user=user))
    for session in sessions:
        session.end()
    return len(sessions)


@transaction.atomic
def second_lock_take_away(*, user: User, by: User, request: HttpRequest) -> None:
    """For somebody who lost it, and whom `by` has seen. They add another at the next sign-in.

    Every sign-in of theirs ends, and they are told by mail. Raises DomainError for one's own:
    whoever sits at an open desk must not be able to open its door for good.
    """
    if user == by:
        raise DomainError(_("Your own is changed under Sign-in and security."))
    Authenticator.objects.filter(user=user).delete()
    sign_ins_end(user)
    adapter = get_adapter(request)
    transaction.on_commit(
        lambda: adapter.send_notification_mail("mfa/email/totp_deactivated", user)
    )
