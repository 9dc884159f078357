"""Asking a client to agree to a text."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clients.models.people import Client, ConsentDocument
from counsel.accounts.models import Counsellor
from counsel.accounts.querysets import CaseloadQuerySet
from counsel.common.models import BaseModel


class ConsentRequestQuerySet(CaseloadQuerySet):
    def unanswered(self) -> ConsentRequestQuerySet:
        return self.filter(answer="")


class ConsentRequest(BaseModel):
    """One version of a text that a client is asked to agree to, and what they said.

    That they agreed is proved by the `Consent` which is recorded then.
    """

    class Answer(models.TextChoices):
        AGREED = "agreed", _("agreed")
        DECLINED = "declined", _("declined")
        TAKEN_BACK = "taken_back", _("taken back")

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="consent_requests")
    document = models.ForeignKey(
        ConsentDocument, on_delete=models.PROTECT, related_name="+", verbose_name=_("text")
    )
    asked_at = models.DateTimeField(_("asked"))
    asked_by = models.ForeignKey(Counsellor, on_delete=models.PROTECT, related_name="+")
    answer = models.CharField(_("answer"), max_length=10, choices=Answer, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)

    objects = ConsentRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request to agree")
        verbose_name_plural = _("requests to agree")
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["client", "document"],
                condition=Q(answer=""),
                name="clients_consentrequest_one_open",
            ),
            models.CheckConstraint(
                condition=Q(answer="", answered_at__isnull=True)
                | (~Q(answer="") & Q(answered_at__isnull=False)),
                name="clients_consentrequest_answered_is_dated",
            ),
        ]

    def __str__(self) -> str:
        return f"Request {str(self.pk)[:8]}"
