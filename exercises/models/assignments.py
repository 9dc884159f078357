from __future__ import annotations

from datetime import date

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from counsel.accounts.querysets import CaseloadQuerySet
from counsel.common.fields import EncryptedTextField
from counsel.common.models import BaseModel
from exercises.models.library import ExerciseVersion
from exercises.progress import Plan
from exercises.progress import Rhythm as PlanRhythm


class Rhythm(models.TextChoices):
    ONCE = PlanRhythm.ONCE.value, _("once")
    DAILY = PlanRhythm.DAILY.value, _("every day")
    TIMES_A_WEEK = PlanRhythm.TIMES_A_WEEK.value, _("some days a week")
    WEEKDAYS = PlanRhythm.WEEKDAYS.value, _("on chosen weekdays")


class AssignmentQuerySet(CaseloadQuerySet):
    def open_between(self, first: date, last: date) -> AssignmentQuerySet:
        """Those that run on some day of the inclusive span, and have not been taken back."""
        return self.filter(
            Q(ends_on__isnull=True) | Q(ends_on__gte=first),
            status=Assignment.Status.ACTIVE,
            starts_on__lte=last,
        )


class Assignment(BaseModel):
    """An exercise version given to a client, with the reason for it, a rhythm and dates.

    Dates are the client's local dates; `ends_on` is included.
    """

    class Status(models.TextChoices):
        ACTIVE = "active", _("active")
        WITHDRAWN = "withdrawn", _("withdrawn")

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="assignments")
    version = models.ForeignKey(
        ExerciseVersion, on_delete=models.PROTECT, related_name="assignments"
    )
    rationale = EncryptedTextField(_("why this, why now"))
    rhythm = models.CharField(_("rhythm"), max_length=14, choices=Rhythm, default=Rhythm.DAILY)
    times_a_week = models.PositiveSmallIntegerField(
        _("days a week"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(7)],
    )
    # Digits 0 (Monday) to 6, for example "024"; only with the rhythm "weekdays".
    weekdays = models.CharField(_("weekdays"), max_length=7, blank=True)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    reminders = models.BooleanField(_("remind by e-mail"), default=True)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.ACTIVE)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering = ["-starts_on"]
        indexes = [
            models.Index(fields=["client", "status", "starts_on"], name="exercises_assigned")
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="exercises_assignment_ends_after_start",
                violation_error_message=_("The last day must not be before the first."),
            ),
            models.CheckConstraint(
                # SQL lets pass what is neither true nor false, so an empty number is named.
                condition=~Q(rhythm="times_a_week")
                | Q(times_a_week__isnull=False, times_a_week__gte=1, times_a_week__lte=7),
                name="exercises_assignment_days_a_week",
                violation_error_message=_("Say on how many days a week, 1 to 7."),
            ),
            models.CheckConstraint(
                condition=~Q(rhythm="weekdays") | ~Q(weekdays=""),
                name="exercises_assignment_has_weekdays",
                violation_error_message=_("Choose at least one weekday."),
            ),
        ]

    def __str__(self) -> str:
        return f"Assignment {str(self.pk)[:8]}"

    @property
    def plan(self) -> Plan:
        """The rhythm as the pure rules of `exercises.progress` take it."""
        return Plan(
            rhythm=PlanRhythm(self.rhythm),
            times_a_week=self.times_a_week,
            weekdays=frozenset(int(digit) for digit in self.weekdays),
            start=self.starts_on,
            end=self.ends_on,
        )

    def runs_on(self, day: date) -> bool:
        """Whether the assignment is open on the client's local `day`."""
        return (
            self.status == self.Status.ACTIVE
            and self.starts_on <= day
            and (self.ends_on is None or day <= self.ends_on)
        )
