"""Reading the record of somebody else's client because it cannot wait."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clients.models.people import Client
from counsel.accounts.models import User
from counsel.accounts.querysets import CaseloadQuerySet
from counsel.accounts.roles import AnyUser, is_manager
from counsel.common.fields import EncryptedTextField
from counsel.common.models import BaseModel


class EmergencyAccessQuerySet(CaseloadQuerySet):
    """`visible_to` is of the client's own counsellor; see `open_to` for the one who reads."""

    def open_to(self, user: AnyUser, now: datetime) -> Self:
        """Those by which this member of staff may read a record at that instant."""
        if not (user.is_authenticated and user.is_active and user.is_staff):
            return self.none()
        standing = self.filter(began_at__lte=now, ends_at__gt=now)
        return standing.by(user).unrestricted()

    def by(self, user: User) -> Self:
        """Those somebody opened, whether they are over or not."""
        return self.filter(by=user)._of_somebody()

    def to_look_at(self, user: AnyUser) -> Self:
        """Those this reader is asked about: of their own clients; for a manager all."""
        if is_manager(user):
            return self.across_caseloads("a manager looks at each, and is told no client's name")
        return self.visible_to(user)


class EmergencyAccess(BaseModel):
    """A member of staff may read one client's record for an hour. It ends by itself.

    Reading only; process notes, private entries and drafts stay shut. Somebody else looks at it
    afterwards and writes down what they think.
    """

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="emergency_accesses")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = EncryptedTextField(_("why"))
    began_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    review = EncryptedTextField(_("what you found"), blank=True, default="")

    objects = EmergencyAccessQuerySet.as_manager()

    class Meta:
        verbose_name = _("emergency access")
        verbose_name_plural = _("emergency accesses")
        ordering = ["-began_at"]
        indexes = [models.Index(fields=["by", "ends_at"], name="clients_emergency_by")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("began_at")), name="clients_emergency_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(reviewed_at__isnull=True, reviewed_by__isnull=True)
                | Q(reviewed_at__isnull=False, reviewed_by__isnull=False),
                name="clients_emergency_reviewed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by__isnull=True) | ~Q(reviewed_by=F("by")),
                name="clients_emergency_reviewed_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"Emergency access {str(self.pk)[:8]}"
