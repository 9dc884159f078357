from __future__ import annotations

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from counsel.accounts.models import User
from counsel.accounts.querysets import CaseloadQuerySet
from counsel.accounts.roles import AnyUser
from counsel.common.fields import EncryptedTextField
from counsel.common.models import BaseModel
from exercises.models.entries import Entry


class BetweenTwoQuerySet(CaseloadQuerySet):
    """What is between a client and their partner: no member of staff sees it."""

    def visible_to(self, user: AnyUser) -> Self:
        return self.none()


class PartnerQuerySet(BetweenTwoQuerySet):
    def of_partner(self, user: User) -> Self:
        """What the signed-in partner said yes to and has not left.

        Ended ones too: whether the client has ended it, or sends nothing, must look the same.
        """
        return self.filter(user=user, accepted_at__isnull=False, left_at__isnull=True)

    def open(self) -> Self:
        return self.filter(ended_at__isnull=True)


class Partner(BaseModel):
    """Somebody a client invited to listen, by the client's own word. Either may end it."""

    class EndedBy(models.TextChoices):
        CLIENT = "client", _("the client")
        PARTNER = "partner", _("the partner")

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="partners")
    # Empty until the invitation is accepted.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="partner_of",
    )
    # The client's word for them, and for the client's eyes only.
    name = models.CharField(_("what you call them"), max_length=120)
    # How the client signs towards them; need not be the name the practice knows.
    signs_as = models.CharField(_("what they call you"), max_length=60, blank=True)
    email = models.EmailField(_("their e-mail address"))
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=8, choices=EndedBy, blank=True)
    # When the partner closed the page for good, also of what the client had ended before.
    left_at = models.DateTimeField(null=True, blank=True)

    objects = PartnerQuerySet.as_manager()

    class Meta:
        verbose_name = _("partner")
        verbose_name_plural = _("partners")
        constraints = [
            models.UniqueConstraint(
                fields=["client"],
                condition=Q(ended_at__isnull=True),
                name="exercises_partner_one_open",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by="")
                | (Q(ended_at__isnull=False) & ~Q(ended_by="")),
                name="exercises_partner_ended_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(user__isnull=False),
                name="exercises_partner_accepted_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(left_at__isnull=True) | Q(ended_at__isnull=False),
                name="exercises_partner_left_is_ended",
            ),
        ]

    def __str__(self) -> str:
        return f"Partner {str(self.pk)[:8]}"


class OfPartnerQuerySet(BetweenTwoQuerySet):
    user_path: ClassVar[str] = "partner__client__user"
    restricted_path: ClassVar[str] = "partner__client__restricted_at"

    def of_partner(self, user: User) -> Self:
        return self.to_be_read().filter(partner__user=user)

    def to_be_read(self) -> Self:
        """What partners may read now: sent, and not taken back.

        Nothing of a client who cannot sign in any more, and so could not take it back.
        """
        return self.filter(
            partner__accepted_at__isnull=False,
            partner__ended_at__isnull=True,
            partner__client__user__is_active=True,
            taken_back_at__isnull=True,
        )


class SmallShare(BaseModel):
    """One small feeling a client chose to tell their partner. May be taken back."""

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="shares")
    # Where it came out of an exercise; the partner sees nothing of that.
    entry = models.ForeignKey(
        Entry, null=True, blank=True, on_delete=models.SET_NULL, related_name="small_shares"
    )
    text = EncryptedTextField(_("one small feeling"))
    seen_at = models.DateTimeField(null=True, blank=True)
    taken_back_at = models.DateTimeField(null=True, blank=True)

    objects = OfPartnerQuerySet.as_manager()

    class Meta:
        verbose_name = _("small share")
        verbose_name_plural = _("small shares")
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(seen_at__isnull=True) | Q(seen_at__gte=F("created_at")),
                name="exercises_smallshare_seen_after_sent",
            )
        ]

    def __str__(self) -> str:
        return f"Small share {str(self.pk)[:8]}"
