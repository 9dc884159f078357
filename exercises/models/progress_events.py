from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from counsel.accounts.models import Counsellor
from counsel.accounts.querysets import CaseloadQuerySet
from counsel.common.fields import EncryptedTextField
from counsel.common.models import BaseModel


class ProgressEvent(BaseModel):
    """Something that happened, noted by the counsellor beside the course of things.

    `day` is a date of the client's own calendar. The client does not see it in the portal.
    """

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="progress_events")
    author = models.ForeignKey(Counsellor, on_delete=models.PROTECT, related_name="+")
    day = models.DateField(_("day"))
    words = EncryptedTextField(_("what happened"))

    objects = CaseloadQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["day", "created_at"]
        indexes = [models.Index(fields=["client", "day"], name="exercises_progressevent_days")]

    def __str__(self) -> str:
        return f"Event {str(self.pk)[:8]}"
