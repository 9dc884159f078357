from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from counsel.accounts.models import Counsellor, validate_zone
from counsel.common.models import BaseModel
from sessions.models.base import OwnQuerySet
from sessions.models.offers import Service


class WaitingEntry(BaseModel):
    """Somebody who waits for an opening of one service.

    `weekdays` (0 = Monday), `earliest` and `latest` are wishes by their own clock; a start at
    `latest` still suits. An empty wish is none. Offers are made to those who have confirmed
    their address, one at a time, in the order of `created_at`.
    """

    class State(models.TextChoices):
        UNCONFIRMED = "unconfirmed", _("address to be confirmed")
        WAITING = "waiting", _("waiting")
        BOOKED = "booked", _("booked")
        LEFT = "left", _("left")

    counsellor = models.ForeignKey(Counsellor, on_delete=models.PROTECT, related_name="waiting")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="waiting")
    client = models.ForeignKey(
        Client, null=True, blank=True, on_delete=models.PROTECT, related_name="waiting"
    )
    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("e-mail address"))
    time_zone = models.CharField(_("time zone"), max_length=64, validators=[validate_zone])
    language = models.CharField(max_length=12, default="en-gb")
    weekdays = models.JSONField(_("days that suit"), default=list, blank=True)
    earliest = models.TimeField(_("not before"), null=True, blank=True)
    latest = models.TimeField(_("not after"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.UNCONFIRMED)
    closed_at = models.DateTimeField(null=True, editable=False)

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("person waiting")
        verbose_name_plural = _("people waiting")
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                "service",
                condition=Q(state__in=["unconfirmed", "waiting"]),
                name="consultations_waitingentry_once",
            ),
            models.CheckConstraint(
                condition=Q(earliest__isnull=True)
                | Q(latest__isnull=True)
                | Q(latest__gte=models.F("earliest")),
                name="consultations_waitingentry_hours_in_order",
                violation_error_message=_("“Not after” must not be earlier than “not before”."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=["unconfirmed", "waiting", "booked", "left"]),
                name="consultations_waitingentry_known_state",
            ),
        ]

    def __str__(self) -> str:
        return f"Waiting {str(self.pk)[:8]}"
