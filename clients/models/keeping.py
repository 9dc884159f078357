"""What stands in the way of erasing a record."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clients.models.people import Client
from counsel.accounts.querysets import CaseloadQuerySet
from counsel.common.fields import EncryptedTextField
from counsel.common.models import BaseModel


class LegalHold(BaseModel):
    """A record is needed, by a court or a complaint for example: until then it is not erased.

    From the first to the last day, both included, by the counsellor's clock; without a last day
    until it is lifted.
    """

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="legal_holds")
    reason = EncryptedTextField(_("why"))
    since = models.DateField(_("from"))
    until = models.DateField(_("until, this day included"), null=True, blank=True)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = CaseloadQuerySet.as_manager()

    class Meta:
        verbose_name = _("legal hold")
        verbose_name_plural = _("legal holds")
        ordering = ["-since"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                name="clients_legalhold_ends_after_start",
                violation_error_message=_("The last day must not be before the first."),
            ),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True)
                | Q(lifted_at__isnull=False, lifted_by__isnull=False),
                name="clients_legalhold_lifted_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"Hold {str(self.pk)[:8]}"

    def stands_or_will(self, day: date) -> bool:
        """Not lifted, and its last day not before that one."""
        return self.lifted_at is None and (self.until is None or self.until >= day)
