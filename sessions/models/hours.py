from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from counsel.accounts.models import Counsellor
from counsel.common.fields import EncryptedCharField
from counsel.common.models import BaseModel
from sessions.models.base import OwnQuerySet
from sessions.models.offers import Service


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
    # Hours named for a service open that service alone, and it is offered in such hours alone.
    service = models.ForeignKey(
        Service,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="own_hours",
        verbose_name=_("only for"),
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
    # From midnight to midnight by the counsellor's clock: kept on its dates when the clock moves.
    whole_days = models.BooleanField(_("whole days"), default=False)
    note = EncryptedCharField(
        _("note"), max_length=120, blank=True, help_text=_("Only you see it.")
    )

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
