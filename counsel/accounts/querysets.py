"""Isolation of caseloads, written once: what a signed-in person may reach at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.db import models

from counsel.accounts.roles import AnyUser, counsellor_of, is_manager

if TYPE_CHECKING:
    from counsel.accounts.models import User


class CaseloadQuerySet(models.QuerySet[Any]):
    """Rows that belong to one counsellor's caseload and, through a client, to one person."""

    counsellor_path: ClassVar[str] = "client__counsellor"
    user_path: ClassVar[str] = "client__user"

    def visible_to(self, user: AnyUser) -> Self:
        """What a member of staff may see: their own caseload, and nothing for anyone else."""
        counsellor = counsellor_of(user)
        if counsellor is None:
            return self.none()
        return self.filter(**{self.counsellor_path: counsellor})

    def of_user(self, user: User) -> Self:
        """What belongs to the signed-in client."""
        return self.filter(**{self.user_path: user})


class StaffQuerySet(models.QuerySet[Any]):
    """Rows about members of staff: each sees their own, a practice manager sees all."""

    own_path: ClassVar[str]

    def visible_to(self, user: AnyUser) -> Self:
        if is_manager(user):
            return self.all()
        if counsellor_of(user) is None:
            return self.none()
        return self.filter(**{self.own_path: user.pk})
