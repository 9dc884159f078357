from __future__ import annotations

from allauth.account.models import EmailAddress
from django.db import transaction

from counsel.accounts.models import User


@transaction.atomic
def user_create(
    *,
    email: str,
    name: str = "",
    time_zone: str = "UTC",
    language: str = "en-gb",
    password: str | None = None,
    is_staff: bool = False,
    is_superuser: bool = False,
    runs_practice: bool = False,
) -> User:
    """Somebody who can sign in, by mailed codes alone while there is no password.

    The address counts as proven: an invitation went there, or a manager vouches for it.
    """
    user = User.objects.create_user(
        email,
        password,
        name=name,
        time_zone=time_zone,
        language=language,
        is_staff=is_staff,
        is_superuser=is_superuser,
        runs_practice=runs_practice,
    )
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    return user
