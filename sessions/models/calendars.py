from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from counsel.accounts.models import Counsellor
from counsel.common.fields import EncryptedTextField
from counsel.common.models import BaseModel
from sessions.models.base import OwnQuerySet


class CalendarFeed(BaseModel):
    """A secret address at which a calendar program reads somebody's appointments.

    Only the secret's SHA-256 is kept: the address is shown once, when it is made.
    """

    counsellor = models.ForeignKey(
        Counsellor, null=True, on_delete=models.CASCADE, related_name="feeds"
    )
    client = models.ForeignKey(Client, null=True, on_delete=models.CASCADE, related_name="feeds")
    digest = models.CharField(max_length=64, unique=True)
    revoked_at = models.DateTimeField(null=True)
    last_read_at = models.DateTimeField(null=True)

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("calendar address")
        verbose_name_plural = _("calendar addresses")
        constraints = [
            models.CheckConstraint(
                condition=Q(counsellor__isnull=True) ^ Q(client__isnull=True),
                name="consultations_calendarfeed_one_owner",
            ),
            models.UniqueConstraint(
                fields=["counsellor"],
                condition=Q(revoked_at__isnull=True),
                name="consultations_calendarfeed_one_a_counsellor",
            ),
            models.UniqueConstraint(
                fields=["client"],
                condition=Q(revoked_at__isnull=True),
                name="consultations_calendarfeed_one_a_client",
            ),
        ]

    def __str__(self) -> str:
        return f"Calendar address {str(self.pk)[:8]}"


class ImportedCalendar(BaseModel):
    """A counsellor's own calendar elsewhere, read for its busy times and nothing else."""

    class Trouble(models.TextChoices):
        NONE = "", _("none")
        ADDRESS = "address", _("the address is not one we read from")
        UNREACHABLE = "unreachable", _("nothing answered there")
        REFUSED = "refused", _("the calendar refused to be read")
        TOO_LARGE = "too_large", _("the calendar is too large")
        UNREADABLE = "unreadable", _("what came is no calendar")

    counsellor = models.ForeignKey(
        Counsellor, on_delete=models.CASCADE, related_name="imported_calendars"
    )
    name = models.CharField(_("name"), max_length=80)
    # Whoever knows it can read the calendar.
    address = EncryptedTextField(_("address"))
    is_on = models.BooleanField(_("keeps its times free"), default=True)
    etag = models.CharField(max_length=300, blank=True, editable=False)
    last_modified = models.CharField(max_length=100, blank=True, editable=False)
    tried_at = models.DateTimeField(_("last tried"), null=True, editable=False)
    fetched_at = models.DateTimeField(_("last read"), null=True, editable=False)
    trouble = models.CharField(
        _("trouble"), max_length=12, choices=Trouble, default="", blank=True, editable=False
    )

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("calendar of your own")
        verbose_name_plural = _("calendars of your own")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class BusyTime(BaseModel):
    """A span in which an imported calendar is busy, in UTC, its end not included."""

    calendar = models.ForeignKey(
        ImportedCalendar, on_delete=models.CASCADE, related_name="busy_times"
    )
    counsellor = models.ForeignKey(Counsellor, on_delete=models.CASCADE, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    objects = OwnQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["counsellor", "ends_at"], name="consultations_busy_of"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="consultations_busytime_ends_after_start",
            )
        ]

    def __str__(self) -> str:
        return f"Busy {str(self.pk)[:8]}"
