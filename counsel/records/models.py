"""What people may ask of their record, and what is left of a client who was erased."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from counsel.accounts.models import Counsellor
from counsel.accounts.querysets import CaseloadQuerySet
from counsel.common.fields import EncryptedTextField
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


class Withholding(BaseModel):
    """A counsellor decided that one item stays out of what the client takes with them.

    Because reading it would do serious harm to somebody. It is left out for as long as the row is
    not lifted, and the file says that something is.
    """

    class Kind(models.TextChoices):
        NOTE = "note", _("Note of a consultation")
        EVENT = "event", _("Event beside the course")
        REPLY = "reply", _("Reply")
        MEASURE = "measure", _("Answers to a measure")

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="withholdings")
    kind = models.CharField(_("what"), max_length=8, choices=Kind)
    # A key, not a foreign key: the four stand in tables of their own.
    item_id = models.UUIDField(editable=False)
    reason = EncryptedTextField(_("why"))
    decided_by = models.ForeignKey(Counsellor, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(_("decided"))
    lifted_at = models.DateTimeField(_("lifted"), null=True, blank=True)
    lifted_by = models.ForeignKey(
        Counsellor, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = CaseloadQuerySet.as_manager()

    class Meta:
        verbose_name = _("withheld item")
        verbose_name_plural = _("withheld items")
        ordering = ["-decided_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["item_id"],
                condition=Q(lifted_at__isnull=True),
                name="records_withholding_one_standing",
            ),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True)
                | Q(lifted_at__isnull=False, lifted_by__isnull=False),
                name="records_withholding_lifted_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"Withheld {str(self.pk)[:8]}"


class CorrectionRequest(BaseModel):
    """A client says that something in their record is wrong, and what the counsellor answered.

    Both stay in the record: a signed note never changes, and this stands beside it.
    """

    class Answer(models.TextChoices):
        CORRECTED = "corrected", _("corrected")
        REFUSED = "refused", _("not changed")

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="corrections")
    text = EncryptedTextField(_("what is not right, and how it should be"))
    asked_at = models.DateTimeField(_("asked"))
    answer = models.CharField(_("answer"), max_length=10, choices=Answer, blank=True)
    words = EncryptedTextField(_("what was changed, or why not"), blank=True, default="")
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    answered_by = models.ForeignKey(
        Counsellor, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = CaseloadQuerySet.as_manager()

    class Meta:
        verbose_name = _("request to correct")
        verbose_name_plural = _("requests to correct")
        ordering = ["-asked_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answer="", answered_at__isnull=True, answered_by__isnull=True)
                | (~Q(answer="") & Q(answered_at__isnull=False, answered_by__isnull=False)),
                name="records_correctionrequest_answered_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"Correction {str(self.pk)[:8]}"
