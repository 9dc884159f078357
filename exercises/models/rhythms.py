from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from exercises.plans import Rhythm as PlanRhythm

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Rhythm(models.TextChoices):
    ONCE = PlanRhythm.ONCE.value, _("once")
    DAILY = PlanRhythm.DAILY.value, _("every day")
    TIMES_A_WEEK = PlanRhythm.TIMES_A_WEEK.value, _("some days a week")
    WEEKDAYS = PlanRhythm.WEEKDAYS.value, _("on chosen weekdays")
    EVERY_WEEKS = PlanRhythm.EVERY_WEEKS.value, _("every so many weeks")
    BEFORE_MEETING = PlanRhythm.BEFORE_MEETING.value, _("before each consultation")


# What a rhythm needs beside its name: the field, and what to say where it is left out.
NEEDED_BY_RHYTHM: dict[str, tuple[str, StrOrPromise]] = {
    Rhythm.TIMES_A_WEEK: ("times_a_week", _("Say on how many days a week, 1 to 7.")),
    Rhythm.WEEKDAYS: ("weekdays", _("Choose at least one weekday.")),
    Rhythm.EVERY_WEEKS: ("every_weeks", _("Say how many weeks apart, 1 to 52.")),
}


class WithRhythm(models.Model):
    """How often something is asked for. Takes `RHYTHM_IS_WHOLE` among its constraints."""

    rhythm = models.CharField(_("rhythm"), max_length=16, choices=Rhythm, default=Rhythm.DAILY)
    times_a_week = models.PositiveSmallIntegerField(
        _("days a week"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(7)],
    )
    # Digits 0 (Monday) to 6, for example "024"; only with the rhythm "weekdays".
    weekdays = models.CharField(_("weekdays"), max_length=7, blank=True)
    every_weeks = models.PositiveSmallIntegerField(
        _("every so many weeks"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(52)],
    )

    class Meta:
        abstract = True


RHYTHM_IS_WHOLE = (
    models.CheckConstraint(
        # SQL lets pass what is neither true nor false, so an empty number is named.
        condition=~Q(rhythm="times_a_week")
        | Q(times_a_week__isnull=False, times_a_week__gte=1, times_a_week__lte=7),
        name="%(app_label)s_%(class)s_days_a_week",
        violation_error_message=NEEDED_BY_RHYTHM[Rhythm.TIMES_A_WEEK][1],
    ),
    models.CheckConstraint(
        condition=~Q(rhythm="weekdays") | ~Q(weekdays=""),
        name="%(app_label)s_%(class)s_has_weekdays",
        violation_error_message=NEEDED_BY_RHYTHM[Rhythm.WEEKDAYS][1],
    ),
    models.CheckConstraint(
        condition=~Q(rhythm="every_weeks")
        | Q(every_weeks__isnull=False, every_weeks__gte=1, every_weeks__lte=52),
        name="%(app_label)s_%(class)s_weeks_apart",
        violation_error_message=NEEDED_BY_RHYTHM[Rhythm.EVERY_WEEKS][1],
    ),
)
