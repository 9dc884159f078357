from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from counsel.accounts.querysets import CaseloadQuerySet
from counsel.common.fields import EncryptedTextField
from counsel.common.models import BaseModel


class TalkingPoint(BaseModel):
    """What a client wants to talk about next time. Written for the counsellor to read.

    One is open at a time; it is settled once it was talked about, or with the consultation.
    """

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="talking_points")
    text = EncryptedTextField(_("what you would like to talk about"))
    written_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = CaseloadQuerySet.as_manager()

    class Meta:
        verbose_name = _("what a client wants to talk about")
        verbose_name_plural = _("what clients want to talk about")
        ordering = ["-written_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["client"],
                condition=Q(settled_at__isnull=True),
                name="consultations_talkingpoint_one_open",
            )
        ]

    @property
    def mark(self) -> str:
        """Tells one wording from the next: a form brings back which one was read."""
        return f"{self.pk}:{self.written_at.isoformat()}"

    def __str__(self) -> str:
        return f"Talking point {str(self.pk)[:8]}"
