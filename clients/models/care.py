"""Who cares for a client when it is somebody else: for a while, or from now on."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clients.models.people import Client
from counsel.accounts.models import Counsellor
from counsel.accounts.querysets import CaseloadQuerySet
from counsel.accounts.roles import AnyUser, counsellor_of
from counsel.common.fields import EncryptedTextField
from counsel.common.models import BaseModel
from counsel.common.zones import local_date


class ConsentHow(models.TextChoices):
    """How a client said yes. Without a yes nothing is lent and nobody is handed over."""

    SPOKEN = "spoken", _("spoken, in a consultation")
    WRITTEN = "written", _("in writing")


class WithConsent(models.Model):
    """The client's yes, as the counsellor who asked for it recorded it."""

    consent_on = models.DateField(_("the client agreed on"))
    consent_how = models.CharField(_("how they agreed"), max_length=8, choices=ConsentHow)

    class Meta:
        abstract = True


class CoverQuerySet(CaseloadQuerySet):
    """`visible_to` is of the counsellor who lends; see `lent_to` for the one who reads."""

    def standing(self, now: datetime) -> Self:
        """Those by which the record may be read at that instant."""
        return self.filter(starts_at__lte=now, ends_at__gt=now, ended_at__isnull=True)

    def lent_to(self, user: AnyUser, now: datetime) -> Self:
        counsellor = counsellor_of(user)
        if counsellor is None:
            return self.none()
        # Lent by whom the client is with: a handover ends what came before.
        standing = self.standing(now).unrestricted()
        return standing.filter(to=counsellor, client__counsellor=F("lent_by"))

    def still_open(self, now: datetime) -> Self:
        """Those that stand, and those still to begin."""
        return self.filter(ends_at__gt=now, ended_at__isnull=True)


class Cover(WithConsent, BaseModel):
    """A colleague may read a client's record between two instants. It ends by itself.

    Reading only: process notes, and all that changes anything, stay with the client's own
    counsellor. The counsellor or the client may end it before (`ended_at`).
    """

    class EndedBy(models.TextChoices):
        COUNSELLOR = "counsellor", _("the counsellor")
        CLIENT = "client", _("the client")

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="covers")
    lent_by = models.ForeignKey(Counsellor, on_delete=models.PROTECT, related_name="covers_lent")
    to = models.ForeignKey(
        Counsellor, on_delete=models.PROTECT, related_name="covers", verbose_name=_("colleague")
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=10, choices=EndedBy, blank=True)
    reason = EncryptedTextField(_("why"), blank=True, default="")

    objects = CoverQuerySet.as_manager()

    class Meta:
        verbose_name = _("cover")
        verbose_name_plural = _("covers")
        ordering = ["-starts_at"]
        indexes = [
            models.Index(
                fields=["to", "ends_at"],
                condition=Q(ended_at__isnull=True),
                name="clients_cover_open",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="clients_cover_ends_after_start",
                violation_error_message=_("The last day must not be before the first."),
            ),
            models.CheckConstraint(
                condition=~Q(to=F("lent_by")),
                name="clients_cover_to_a_colleague",
                violation_error_message=_("Choose a colleague."),
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by="")
                | (Q(ended_at__isnull=False) & ~Q(ended_by="")),
                name="clients_cover_ended_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"Cover {str(self.pk)[:8]}"

    @property
    def first_day(self) -> date:
        return local_date(self.starts_at, self.lent_by.zone)

    @property
    def last_day(self) -> date:
        """The last on which it may be read, by the clock of who lends."""
        return local_date(self.ends_at - timedelta(microseconds=1), self.lent_by.zone)


class HandoverQuerySet(CaseloadQuerySet):
    """`visible_to` is of the counsellor who offers; see `offered_to` for the one who is asked."""

    counsellor_path: ClassVar[str] = "offered_by"

    def visible_to(self, user: AnyUser) -> Self:
        """As long as the client is theirs: whom they have handed over they know no more."""
        return super().visible_to(user).filter(client__counsellor=F("offered_by"))

    def offered_to(self, user: AnyUser) -> Self:
        counsellor = counsellor_of(user)
        if counsellor is None:
            return self.none()
        unanswered = self.unanswered().unrestricted()
        return unanswered.filter(to=counsellor, client__counsellor=F("offered_by"))

    def unanswered(self) -> Self:
        return self.filter(answer="")


class Handover(WithConsent, BaseModel):
    """An offer to take a client over. All rights move at the instant it is accepted."""

    class Answer(models.TextChoices):
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")
        TAKEN_BACK = "taken_back", _("taken back")

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="handovers")
    offered_by = models.ForeignKey(
        Counsellor, on_delete=models.PROTECT, related_name="handovers_offered"
    )
    to = models.ForeignKey(
        Counsellor,
        on_delete=models.PROTECT,
        related_name="handovers",
        verbose_name=_("colleague"),
    )
    # What the colleague should know before answering.
    words = EncryptedTextField(_("your words to the colleague"), blank=True, default="")
    answer = models.CharField(max_length=10, choices=Answer, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = HandoverQuerySet.as_manager()

    class Meta:
        verbose_name = _("handover")
        verbose_name_plural = _("handovers")
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["client"], condition=Q(answer=""), name="clients_handover_one_open"
            ),
            models.CheckConstraint(
                condition=~Q(to=F("offered_by")),
                name="clients_handover_to_a_colleague",
                violation_error_message=_("Choose a colleague."),
            ),
            models.CheckConstraint(
                condition=Q(answer="", answered_at__isnull=True)
                | (~Q(answer="") & Q(answered_at__isnull=False)),
                name="clients_handover_answered_is_dated",
            ),
        ]

    def __str__(self) -> str:
        return f"Handover {str(self.pk)[:8]}"
