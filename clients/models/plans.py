"""What a client does when it gets hard, written down while it is not."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.models.people import Client
from counsel.accounts.querysets import CaseloadQuerySet
from counsel.accounts.roles import AnyUser
from counsel.common.fields import EncryptedTextField
from counsel.common.models import BaseModel


class SafetyPlanQuerySet(CaseloadQuerySet):
    def visible_to(self, user: AnyUser) -> Self:
        return super().visible_to(user).shared()

    def shared(self) -> Self:
        """Those that their clients let somebody read, at this moment."""
        return self.filter(is_shared=True)


class SafetyPlan(BaseModel):
    """The client's own: nobody else writes into it, and it is read only while they share it."""

    PARTS: ClassVar[tuple[str, ...]] = ("signs", "helps", "people", "places", "reasons")

    client = models.OneToOneField(Client, on_delete=models.PROTECT, related_name="safety_plan")
    signs = EncryptedTextField(_("How I notice that it is getting hard"), blank=True, default="")
    helps = EncryptedTextField(_("What I can do by myself"), blank=True, default="")
    people = EncryptedTextField(_("Whom I can call, and their numbers"), blank=True, default="")
    places = EncryptedTextField(
        _("Where I am safer, and what I put out of reach"), blank=True, default=""
    )
    reasons = EncryptedTextField(_("What I want to hold on to"), blank=True, default="")
    is_shared = models.BooleanField(default=False, db_default=False)
    # Counts one up with each save: two windows must not undo each other.
    version = models.PositiveIntegerField(default=1, editable=False)
    changed_at = models.DateTimeField()

    objects = SafetyPlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("plan for hard moments")
        verbose_name_plural = _("plans for hard moments")

    def __str__(self) -> str:
        return f"Plan {str(self.pk)[:8]}"

    @property
    def written(self) -> list[tuple[str, str]]:
        """The questions that have an answer, and the answers."""
        parts = [self._meta.get_field(name) for name in self.PARTS]
        return [
            (str(part.verbose_name), text)  # type: ignore[union-attr]
            for part in parts
            if (text := getattr(self, part.name))
        ]
