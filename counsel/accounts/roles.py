"""Who somebody is to the practice. Every permission question ends here."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from counsel.accounts.models import Counsellor, User

AnyUser: TypeAlias = "User | AnonymousUser"


def counsellor_of(user: AnyUser) -> Counsellor | None:
    """The counsellor a signed-in, active member of staff is; None for everybody else."""
    if not (user.is_authenticated and user.is_active and user.is_staff):
        return None
    return getattr(user, "counsellor", None)


def is_manager(user: AnyUser) -> bool:
    """Whether `user` runs the practice. A manager reads no clinical content."""
    return bool(user.is_authenticated and user.is_active and user.is_staff and user.runs_practice)


def is_technician(user: AnyUser) -> bool:
    """Whether `user` runs the system: accounts, the ledger, the access log. Reads no content."""
    return bool(user.is_active and user.is_staff and user.is_superuser)


def runs_something(user: AnyUser) -> bool:
    """Whether `user` runs the practice or the system; in a small practice one person does both."""
    return is_manager(user) or is_technician(user)
