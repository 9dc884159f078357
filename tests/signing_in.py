"""`force_login` signs somebody in for good: staff through a second lock, and long ago.

Only what comes through the door itself has an address to come from, and is left as it is.
"""

from __future__ import annotations

from allauth.account.internal.userkit import user_id_to_str
from django.contrib.auth.signals import user_logged_in

from counsel.accounts.log_off import BEGAN, SEEN

AGES = 253_000_000_000


def install():
    user_logged_in.connect(_on_sign_in, dispatch_uid="tests.signing_in")


def _on_sign_in(sender, request, user, **kwargs):
    if "REMOTE_ADDR" in request.META:
        return
    request.session[BEGAN] = request.session[SEEN] = AGES
    request.session["account_authentication_methods"] = [{"method": "mfa", "type": "totp", "at": 0}]
    request.session["account_authentication_methods_user"] = user_id_to_str(user)
