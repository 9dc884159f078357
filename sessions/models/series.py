from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from counsel.accounts.models import Counsellor, validate_zone
from counsel.common.models import BaseModel
from sessions.models.base import OfMeetingQuerySet
from sessions.models.offers import Service
from sessions.series.recurrence import FORTNIGHTLY, LONGEST_SERIES, MONTHLY, WEEKLY


class Series(BaseModel):
    """Consultations at one wall-clock time, again and again: until a day, or so many of them.

    The rule they were planned by. `at` is read in `time_zone`, the counsellor's when it was
    made, so that each keeps its time on the wall across clock changes.
    """

    class Rhythm(models.TextChoices):
        WEEKLY = WEEKLY, _("every week")
        FORTNIGHTLY = FORTNIGHTLY, _("every two weeks")
        # On the same weekday of the month: the second Tuesday; a fifth counts as the last.
        MONTHLY = MONTHLY, _("every month")

    counsellor = models.ForeignKey(Counsellor, on_delete=models.PROTECT, related_name="series")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="series")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="series")
    rhythm = models.CharField(_("rhythm"), max_length=12, choices=Rhythm)
    time_zone = models.CharField(max_length=64, validators=[validate_zone])
    first_day = models.DateField(_("first day"))
    at = models.TimeField(_("time"))
    last_day = models.DateField(_("until"), null=True, blank=True)
    count = models.PositiveSmallIntegerField(
        _("how many"),
        null=True,
        blank=True,
        validators=[MinValueValidator(2), MaxValueValidator(LONGEST_SERIES)],
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = OfMeetingQuerySet.as_manager()

    class Meta:
        verbose_name = _("series")
        verbose_name_plural = _("series")
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__isnull=True) ^ Q(count__isnull=True),
                name="consultations_series_until_or_count",
            )
        ]

    def __str__(self) -> str:
        return f"Series {str(self.pk)[:8]}"
