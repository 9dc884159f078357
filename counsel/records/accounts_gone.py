"""The account of somebody of whom nothing is kept any more."""

from __future__ import annotations

import json
from typing import Any

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.db.models import Model

from clients.models import Client
from counsel.accounts.models import User
from exercises.models import Partner

# What goes with it, and how its rows lead to the account.
PATHS: tuple[tuple[type[Model], str], ...] = (
    (EmailConfirmation, "email_address__user"),
    (EmailAddress, "user"),
    (Authenticator, "user"),
    (UserSession, "user"),
    (LogEntry, "user"),
    (User.groups.through, "user"),
    (User.user_permissions.through, "user"),
)


def account_let_go(user: User) -> None:
    """Empty the account and end its sessions, unless they use it for something else.

    The access log names who did what by the account's key and never changes, so the row stays: a
    key, without an address, a name, a password or a way to sign in.
    """
    if user.is_staff or _is_used(user):
        return
    sessions_end({str(user.pk), user.email})
    for model, path in PATHS:
        model._base_manager.filter(**{path: user.pk}).delete()
    user.email, user.name = f"{user.pk}@erased.invalid", ""
    user.set_unusable_password()
    user.last_login = None
    user.is_active = False
    user.save(update_fields=["email", "name", "password", "last_login", "is_active"])


def _is_used(user: User) -> bool:
    """They are somebody's client still, or a client's partner."""
    ties = Partner.objects.filter(user=user, left_at=None)
    return bool(Client.objects.filter(user=user).exists() or ties.exists())


def sessions_end(marks: set[str]) -> None:
    """End those that hold one of these: somebody's key, or an address typed to sign in with.

    Nobody keeps a list of the latter, and only a session itself knows what is in it.
    """
    looked_for = {mark.lower() for mark in marks}
    theirs = [
        session.pk
        for session in Session.objects.iterator()
        if _holds(session.get_decoded(), looked_for)
    ]
    Session.objects.filter(pk__in=theirs).delete()


def _holds(data: dict[str, Any], looked_for: set[str]) -> bool:
    text = json.dumps(data, default=str, ensure_ascii=False).lower()
    return any(mark in text for mark in looked_for)
