from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from counsel.accounts.models import Counsellor, validate_zone
from counsel.accounts.querysets import CaseloadQuerySet
from counsel.common.models import BaseModel

LONGEST_MINUTES = 8 * 60


class OwnQuerySet(CaseloadQuerySet):
    """Rows a counsellor owns directly; no client is involved."""

    counsellor_path: ClassVar[str] = "counsellor"


class Place(models.TextChoices):
    ROOM = "room", _("in person")
    PHONE = "phone", _("by phone")
    VIDEO = "video", _("by video")


class Service(BaseModel):
    """A bookable kind of consultation. Lengths, buffers and steps are in minutes."""

    counsellor = models.ForeignKey(Counsellor, on_delete=models.PROTECT, related_name="services")
    name = models.CharField(_("name"), max_length=80)
    slug = models.SlugField(_("address"), max_length=60)
    description = models.TextField(_("description"), max_length=2000, blank=True)
    length = models.PositiveSmallIntegerField(
        _("length (minutes)"),
        default=50,
        validators=[MinValueValidator(5), MaxValueValidator(LONGEST_MINUTES)],
    )
    buffer_before = models.PositiveSmallIntegerField(_("buffer before (minutes)"), default=0)
    buffer_after = models.PositiveSmallIntegerField(_("buffer after (minutes)"), default=10)
    step = models.PositiveSmallIntegerField(
        _("a slot starts every (minutes)"),
        default=60,
        validators=[MinValueValidator(5), MaxValueValidator(LONGEST_MINUTES)],
    )
    minimum_notice = models.PositiveSmallIntegerField(_("minimum notice (hours)"), default=24)
    horizon = models.PositiveSmallIntegerField(_("bookable ahead (days)"), default=56)
    daily_maximum = models.PositiveSmallIntegerField(
        _("most consultations a day"), null=True, blank=True
    )
    instant = models.BooleanField(
        _("booked at once"),
        default=True,
        help_text=_("Otherwise each request waits until you confirm it."),
    )
    place = models.CharField(_("place"), max_length=8, choices=Place, default=Place.ROOM)
    place_details = models.CharField(
        _("address, number or link"),
        max_length=300,
        blank=True,
        help_text=_("Shown to people who have booked."),
    )
    cancel_notice = models.PositiveSmallIntegerField(
        _("free cancellation until (hours before)"), default=24
    )
    fee = models.DecimalField(_("fee"), max_digits=9, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    is_public = models.BooleanField(_("on the public page"), default=True)

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("service")
        verbose_name_plural = _("services")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["counsellor", "slug"], name="consultations_service_address_once"
            ),
            models.CheckConstraint(
                condition=Q(length__gte=5, length__lte=LONGEST_MINUTES, step__gte=5),
                name="consultations_service_length_and_step",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Weekday(models.IntegerChoices):
    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class AvailabilityRule(BaseModel):
    """Hours open every week, in the counsellor's wall-clock time; an end of 00:00 is midnight."""

    counsellor = models.ForeignKey(
        Counsellor, on_delete=models.CASCADE, related_name="availability_rules"
    )
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=Weekday)
    starts = models.TimeField(_("from"))
    ends = models.TimeField(_("until"))
    valid_from = models.DateField(_("first day"), null=True, blank=True)
    valid_until = models.DateField(_("last day"), null=True, blank=True)

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("weekly hours")
        verbose_name_plural = _("weekly hours")
        ordering = ["weekday", "starts"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends__gt=F("starts")) | Q(ends="00:00"),
                name="consultations_availabilityrule_ends_after_start",
                violation_error_message=_("The end must be later than the start."),
            ),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True)
                | Q(valid_until__isnull=True)
                | Q(valid_until__gte=F("valid_from")),
                name="consultations_availabilityrule_valid_in_order",
                violation_error_message=_("The last day must not be before the first."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.starts:%H:%M}-{self.ends:%H:%M}"


class AvailabilityException(BaseModel):
    """Time off, or extra hours: an exact span, stored in UTC, its end not included."""

    class Kind(models.TextChoices):
        TIME_OFF = "time_off", _("time off")
        EXTRA = "extra", _("extra hours")

    counsellor = models.ForeignKey(
        Counsellor, on_delete=models.CASCADE, related_name="availability_exceptions"
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("time off or extra hours")
        verbose_name_plural = _("time off and extra hours")
        ordering = ["starts_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="consultations_availabilityexception_ends_after_start",
                violation_error_message=_("The end must be later than the start."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.starts_at:%Y-%m-%d}"


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


class ConsultationQuerySet(CaseloadQuerySet):
    counsellor_path: ClassVar[str] = "counsellor"

    def holding(self) -> ConsultationQuerySet:
        """Those that keep their time from being given to anybody else."""
        return self.filter(status__in=HOLDING)


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
    overlap_reason = models.CharField(_("reason for the overlap"), max_length=200, blank=True)
    # The terms as they were when it was booked.
    place = models.CharField(_("place"), max_length=8, choices=Place)
    place_details = models.CharField(_("address, number or link"), max_length=300, blank=True)
    cancel_notice = models.PositiveSmallIntegerField(_("free cancellation until (hours before)"))
    fee = models.DecimalField(_("fee"), max_digits=9, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
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
