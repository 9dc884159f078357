from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from counsel.accounts.querysets import CaseloadQuerySet


class Nudges(models.Model):
    """How many reminders of practice, one after the other, nothing has followed.

    Counted once a day, and from what the counsellor may know where the client lets days be known
    (see `exercises.services.nudging`). No page shows it.
    """

    client = models.OneToOneField(
        Client, primary_key=True, on_delete=models.CASCADE, related_name="nudges"
    )
    ignored = models.PositiveSmallIntegerField(_("reminders without practice"), default=0)
    # The client's last local day that was counted, or on which they practised.
    until = models.DateField(_("counted until"))

    objects = CaseloadQuerySet.as_manager()

    class Meta:
        verbose_name = _("count of reminders")
        verbose_name_plural = _("counts of reminders")

    def __str__(self) -> str:
        return f"Count {str(self.pk)[:8]}"
