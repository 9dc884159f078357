"""Browsers of people who have just shown who they are."""

from __future__ import annotations

import time

from allauth.account.internal.userkit import user_id_to_str
from django.test import Client as Browser


def proved(user) -> Browser:
    """Signed in, by a password and a second step of a moment ago."""
    browser = Browser()
    browser.force_login(user)
    prove(browser, user)
    return browser


def prove(browser, user):
    """Of one that is signed in."""
    session, now = browser.session, time.time()
    session["account_authentication_methods"] = [
        {"method": "mfa", "type": "totp", "at": now},
        {"method": "password", "at": now, "reauthenticated": True},
    ]
    session["account_authentication_methods_user"] = user_id_to_str(user)
    session.save()
