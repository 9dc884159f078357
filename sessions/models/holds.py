from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clients.models import ConsentDocument
from counsel.accounts.models import Counsellor, validate_zone
from counsel.common.fields import EncryptedJSONField
from counsel.common.models import BaseModel
from sessions.models.base import OwnQuerySet
from sessions.models.consultations import Consultation
from sessions.models.offers import Service
from sessions.models.waiting import WaitingEntry


class Hold(BaseModel):
    """A time kept for one person for a while, before there is a consultation.

    Either they asked for it and have not confirmed their address, or it is offered to them from
    the waiting list. While `open` it keeps its time, with the buffers, from everybody else:
    the database refuses an overlap with another open hold and with a consultation that holds
    time. Written by `sessions.services` alone.
    """

    class Purpose(models.TextChoices):
        BOOKING = "booking", _("address to be confirmed")
        OFFER = "offer", _("offered from the waiting list")

    class State(models.TextChoices):
        OPEN = "open", _("kept")
        USED = "used", _("booked")
        RELEASED = "released", _("given back")
        EXPIRED = "expired", _("expired")

    counsellor = models.ForeignKey(Counsellor, on_delete=models.PROTECT, related_name="holds")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="holds")
    purpose = models.CharField(max_length=8, choices=Purpose)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    held_from = models.DateTimeField()
    held_until = models.DateTimeField()
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    # Who it is kept for, and what they gave when they asked.
    name = models.CharField(max_length=120)
    email = models.EmailField()
    time_zone = models.CharField(max_length=64, validators=[validate_zone])
    language = models.CharField(max_length=12, default="en-gb")
    consent = models.ForeignKey(
        ConsentDocument, null=True, on_delete=models.PROTECT, related_name="+"
    )
    intake = EncryptedJSONField(null=True)
    idempotency_key = models.CharField(max_length=64, null=True, unique=True)  # noqa: DJ001
    waiting_entry = models.ForeignKey(
        WaitingEntry, null=True, on_delete=models.PROTECT, related_name="offers"
    )
    consultation = models.OneToOneField(
        Consultation, null=True, on_delete=models.PROTECT, related_name="hold"
    )

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("kept time")
        verbose_name_plural = _("kept times")
        indexes = [
            models.Index(
                fields=["counsellor", "held_until"],
                condition=Q(state="open"),
                name="consultations_hold_open",
            ),
            models.Index(
                fields=["expires_at"],
                condition=Q(state="open"),
                name="consultations_hold_expiring",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at"))
                & Q(held_from__lte=F("starts_at"))
                & Q(held_until__gte=F("ends_at")),
                name="consultations_hold_times_in_order",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "used", "released", "expired"]),
                name="consultations_hold_known_state",
            ),
            # One offer of one time to one person, ever: a refused one never comes again.
            models.UniqueConstraint(
                fields=["waiting_entry", "starts_at"], name="consultations_hold_offered_once"
            ),
            models.UniqueConstraint(
                fields=["waiting_entry"],
                condition=Q(state="open"),
                name="consultations_hold_one_offer_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"Hold {str(self.pk)[:8]}"
