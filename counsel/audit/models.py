from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from counsel.accounts.querysets import StaffQuerySet
from counsel.common.fields import EncryptedTextField
from counsel.common.models import BaseModel


class Verb(models.TextChoices):
    READ = "read", _("read")
    # Of a row on a page that shows several.
    LIST = "list", _("listed")
    CREATE = "create", _("created")
    CHANGE = "change", _("changed")
    EXPORT = "export", _("exported")
    WITHHOLD = "withhold", _("withheld")
    ERASE = "erase", _("erased")
    # Of a person who signs in, or tries to: the subject is the user, and there is no client.
    SIGN_IN = "sign-in", _("signed in")
    REFUSE = "refuse", _("was refused")


class AccessEventQuerySet(StaffQuerySet):
    own_path: ClassVar[str] = "actor"


class AccessEvent(BaseModel):
    """Who looked at or changed what of a client's record. Append-only; holds no content.

    Each row carries a hash over itself and the row before it, so a changed or missing row
    shows (`counsel.audit.chain.chain_check`). The database refuses UPDATE and DELETE.
    """

    sequence = models.BigIntegerField(unique=True, editable=False)
    at = models.DateTimeField(_("when"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    verb = models.CharField(max_length=10, choices=Verb)
    # Keys, not foreign keys: the log outlives what it speaks of, and stands below every app.
    subject = models.CharField(_("what"), max_length=60)
    subject_id = models.UUIDField()
    client_id = models.UUIDField(null=True, db_index=True)
    request_id = models.UUIDField(null=True)
    ip = models.GenericIPAddressField(_("address"), null=True)
    reason = models.CharField(max_length=200, blank=True)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    objects = AccessEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("access event")
        verbose_name_plural = _("access events")
        ordering = ["-sequence"]
        indexes = [models.Index(fields=["at"], name="audit_event_at")]

    def __str__(self) -> str:
        return f"{self.get_verb_display()} {self.subject} {self.subject_id}"


class AccessReviewQuerySet(StaffQuerySet):
    own_path: ClassVar[str] = "by"


class AccessReview(BaseModel):
    """That somebody looked into an odd access, another than the one it is of.

    The finding itself is made anew from the log.
    """

    finding = models.UUIDField(unique=True, editable=False)
    about = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    # A key, as in the log; empty where it is about many records.
    client_id = models.UUIDField(null=True, db_index=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    words = EncryptedTextField(_("what you found"))

    objects = AccessReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("access review")
        verbose_name_plural = _("access reviews")
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(condition=~Q(about=F("by")), name="audit_review_by_another"),
        ]

    def __str__(self) -> str:
        return f"Access review {str(self.pk)[:8]}"
