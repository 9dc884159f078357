"""What is left of a client who was erased: keys and a time, no content."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from counsel.common.models import BaseModel


class Rule(models.TextChoices):
    """By which a record could be erased."""

    NOTHING_TO_KEEP = "nothing to keep", _("there was nothing that has to be kept")
    KEPT_LONG_ENOUGH = "kept long enough", _("it was kept as long as it had to be")


class Tombstone(BaseModel):
    """Somebody was erased, so that an old backup does not bring them back. Append-only.

    Keys, not foreign keys: there is nothing left that they could point to.
    """

    client_id = models.UUIDField(unique=True, editable=False)
    counsellor_id = models.UUIDField(editable=False)
    erased_at = models.DateTimeField(_("erased"), editable=False)
    rule = models.CharField(_("rule"), max_length=20, choices=Rule, editable=False)
    # SHA-256 over the rest: a line that was changed, in the file of them, shows.
    hash = models.CharField(max_length=64, editable=False)

    class Meta:
        verbose_name = _("erased record")
        verbose_name_plural = _("erased records")
        ordering = ["erased_at", "id"]

    def __str__(self) -> str:
        return f"Erased {str(self.client_id)[:8]}"


class Underway(models.Model):
    """There only within the transaction that erases a client: what is signed may be deleted then.

    The database refuses it at any other time (`counsel.records.guards`). It points at a tombstone
    that is never there, so that no database commits it: nobody can leave that door open.
    """

    client_id = models.UUIDField(primary_key=True)
    never = models.ForeignKey(
        Tombstone, default=uuid.uuid4, on_delete=models.DO_NOTHING, related_name="+"
    )

    class Meta:
        verbose_name = _("erasure under way")
        verbose_name_plural = _("erasures under way")

    def __str__(self) -> str:
        return "Erasure"
