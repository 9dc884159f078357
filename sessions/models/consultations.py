from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from counsel.accounts.models import Counsellor, validate_zone
from counsel.common.fields import EncryptedCharField, EncryptedJSONField, EncryptedTextField
from counsel.common.models import BaseModel
from sessions.models.base import LONGEST_MINUTES, OfMeetingQuerySet
from sessions.models.offers import Place, Service
from sessions.models.series import Series


class Status(models.TextChoices):
    PENDING = "pending", _("asked for")
    CONFIRMED = "confirmed", _("confirmed")
    COMPLETED = "completed", _("held")
    NO_SHOW = "no_show", _("not attended")
    DECLINED = "declined", _("declined")
    CANCELLED_BY_CLIENT = "cancelled_by_client", _("cancelled by the client")
    CANCELLED_LATE = "cancelled_late", _("cancelled late")
    CANCELLED_BY_COUNSELLOR = "cancelled_by_counsellor", _("cancelled by the counsellor")


# The statuses that keep a time from being given to anybody else. The database's guards
# (migration 0001) speak of the same two.
HOLDING = (Status.PENDING, Status.CONFIRMED)
CALLED_OFF = (
    Status.DECLINED,
    Status.CANCELLED_BY_CLIENT,
    Status.CANCELLED_LATE,
    Status.CANCELLED_BY_COUNSELLOR,
)
# Those that will take place, or should have.
KEPT = (*HOLDING, Status.COMPLETED, Status.NO_SHOW)

# A consultation's version as it was booked; each change counts one up.
FIRST_VERSION = 1

# For so long a held consultation without a note is pointed out.
WRITTEN_UP_WITHIN = timedelta(days=30)


class ConsultationQuerySet(OfMeetingQuerySet):
    def holding(self) -> ConsultationQuerySet:
        """Those that keep their time from being given to anybody else."""
        return self.filter(status__in=HOLDING)

    def without_note(self, now: datetime) -> ConsultationQuerySet:
        """Those held lately of which nothing is written.

        Not those of a client who has gone to a colleague since: their notes went along.
        """
        held = self.filter(
            status=Status.COMPLETED, ends_at__gt=now - WRITTEN_UP_WITHIN, note__isnull=True
        )
        return held.filter(client__counsellor=F("counsellor"))


class ChangeQuerySet(OfMeetingQuerySet):
    counsellor_path: ClassVar[str] = "consultation__counsellor"
    caseload_path: ClassVar[str] = "consultation__client__counsellor"
    user_path: ClassVar[str] = "consultation__client__user"
    restricted_path: ClassVar[str] = "consultation__client__restricted_at"


class Consultation(BaseModel):
    """One booked meeting. Changed only by `sessions.services`; never deleted.

    `held_from` and `held_until` add the service's buffers, as they were when it was booked.
    Two that hold time never overlap for one counsellor or one client: the database refuses
    it, unless staff gave an `overlap_reason`.
    """

    counsellor = models.ForeignKey(
        Counsellor, on_delete=models.PROTECT, related_name="consultations"
    )
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="consultations")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="consultations")
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    held_from = models.DateTimeField(editable=False)
    held_until = models.DateTimeField(editable=False)
    # The zone the client booked in, so that mails and calendar files speak in it.
    time_zone = models.CharField(_("client's time zone"), max_length=64, validators=[validate_zone])
    status = models.CharField(_("status"), max_length=24, choices=Status, default=Status.PENDING)
    version = models.PositiveIntegerField(default=FIRST_VERSION, editable=False)
    # Encrypted, and the database sees whether there is one: see `sessions/guards.py`.
    overlap_reason = EncryptedCharField(
        _("reason for the overlap"), max_length=200, blank=True, empty_in_clear=True
    )
    # The terms as they were when it was booked.
    place = models.CharField(_("place"), max_length=8, choices=Place)
    place_details = models.CharField(_("address, number or link"), max_length=300, blank=True)
    cancel_notice = models.PositiveSmallIntegerField(_("free cancellation until (hours before)"))
    reschedule_notice = models.PositiveSmallIntegerField(
        _("may be moved until (hours before)"), default=24
    )
    fee = models.DecimalField(_("fee"), max_digits=9, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    # [{"question": ..., "answer": ...}], as asked and answered when it was booked.
    intake = EncryptedJSONField(null=True, editable=False)
    # The counsellor's words to the client with a confirmation, a refusal or a cancellation.
    words = EncryptedTextField(_("words to the client"), null=True, blank=True)
    series = models.ForeignKey(
        Series, null=True, editable=False, on_delete=models.PROTECT, related_name="consultations"
    )
    idempotency_key = models.CharField(max_length=64, null=True, unique=True, editable=False)  # noqa: DJ001

    objects = ConsultationQuerySet.as_manager()

    class Meta:
        verbose_name = _("consultation")
        verbose_name_plural = _("consultations")
        ordering = ["-starts_at"]
        indexes = [
            models.Index(fields=["counsellor", "starts_at"], name="consultations_by_counsellor"),
            models.Index(fields=["client", "starts_at"], name="consultations_by_client"),
            models.Index(
                fields=["counsellor", "held_until"],
                condition=Q(status__in=["pending", "confirmed"]),
                name="consultations_holding",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="consultations_consultation_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(held_from__lte=F("starts_at")) & Q(held_until__gte=F("ends_at")),
                name="consultations_consultation_holds_its_time",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[status.value for status in Status]),
                name="consultations_consultation_known_status",
            ),
        ]

    def __str__(self) -> str:
        return f"Consultation {str(self.pk)[:8]}"

    def clean(self) -> None:
        if None not in (self.starts_at, self.ends_at):
            length = self.ends_at - self.starts_at
            if not timedelta() < length <= timedelta(minutes=LONGEST_MINUTES):
                raise ValidationError({"ends_at": _("A consultation lasts up to eight hours.")})

    @property
    def cancels_freely_until(self) -> datetime:
        """The last instant at which the client may cancel in time."""
        return self.starts_at - timedelta(hours=self.cancel_notice)

    @property
    def moves_until(self) -> datetime:
        """The last instant at which the client may choose another time."""
        return self.starts_at - timedelta(hours=self.reschedule_notice)


class Side(models.TextChoices):
    """Who changed a consultation."""

    CLIENT = "client", _("client")
    COUNSELLOR = "counsellor", _("counsellor")


class ConsultationChange(BaseModel):
    """One change of one consultation, as it was and as it became. Never altered.

    `version` is the consultation's after the change.
    """

    class Action(models.TextChoices):
        CONFIRMED = "confirmed", _("confirmed")
        DECLINED = "declined", _("declined")
        MOVED = "moved", _("moved")
        CANCELLED = "cancelled", _("cancelled")
        COMPLETED = "completed", _("noted as held")
        NO_SHOW = "no_show", _("noted as not attended")
        UNDONE = "undone", _("undone")

    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="changes")
    version = models.PositiveIntegerField()
    at = models.DateTimeField()
    by = models.CharField(max_length=12, choices=Side)
    action = models.CharField(max_length=12, choices=Action)
    from_status = models.CharField(max_length=24, choices=Status)
    to_status = models.CharField(max_length=24, choices=Status)
    from_starts_at = models.DateTimeField()
    to_starts_at = models.DateTimeField()
    from_overlap_reason = EncryptedCharField(max_length=200, blank=True)
    # Kept so that undoing brings back what was written to the client before.
    from_words = EncryptedTextField(null=True)
    # The same for both halves where two consultations exchanged their times.
    exchange = models.UUIDField(null=True)

    objects = ChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("changes")
        ordering = ["version"]
        indexes = [models.Index(fields=["at"], name="consultations_change_at")]
        constraints = [
            models.UniqueConstraint(
                fields=["consultation", "version"], name="consultations_change_once_a_version"
            )
        ]

    def __str__(self) -> str:
        return f"Change {str(self.pk)[:8]}"
