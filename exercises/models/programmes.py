from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from counsel.accounts.models import Counsellor
from counsel.accounts.querysets import CaseloadQuerySet
from counsel.accounts.roles import AnyUser, counsellor_of
from counsel.common.models import BaseModel
from exercises.models.library import Exercise
from exercises.models.rhythms import RHYTHM_IS_WHOLE, WithRhythm
from exercises.releases import Release as ReleaseRule


class ProgrammeQuerySet(models.QuerySet["Programme"]):
    def visible_to(self, user: AnyUser) -> ProgrammeQuerySet:
        counsellor = counsellor_of(user)
        return self.none() if counsellor is None else self.filter(owner=counsellor)


class Programme(BaseModel):
    """Exercises that are given together and released one by one."""

    owner = models.ForeignKey(Counsellor, on_delete=models.PROTECT, related_name="programmes")
    title = models.CharField(_("title"), max_length=120)
    summary = models.TextField(_("what it is for"), blank=True)
    put_away_at = models.DateTimeField(_("put away"), null=True, blank=True)

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title

    def was_given(self) -> bool:
        given = self.enrolments.across_caseloads("also to those a colleague has taken over since")
        return bool(given.exists())


class ProgrammeItemQuerySet(models.QuerySet["ProgrammeItem"]):
    def visible_to(self, user: AnyUser) -> ProgrammeItemQuerySet:
        counsellor = counsellor_of(user)
        return self.none() if counsellor is None else self.filter(programme__owner=counsellor)


class ProgrammeItem(WithRhythm, BaseModel):
    """One exercise of a programme: when it is released, why, and in which rhythm.

    Given in the exercise's newest version. `days` counts from the first day of the programme,
    or, after the one before, the days on which that one was practised.
    """

    class Release(models.TextChoices):
        AT_ONCE = ReleaseRule.AT_ONCE.value, _("on the first day")
        AFTER_DAYS = ReleaseRule.AFTER_DAYS.value, _("so many days after the first")
        ON_DATE = ReleaseRule.ON_DATE.value, _("on a date")
        AFTER_ONE_BEFORE = (
            ReleaseRule.AFTER_ONE_BEFORE.value,
            _("once the one before was practised on so many days"),
        )

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField(_("place"))
    exercise = models.ForeignKey(
        Exercise, on_delete=models.PROTECT, related_name="+", verbose_name=_("exercise")
    )
    release = models.CharField(
        _("released"), max_length=16, choices=Release, default=Release.AT_ONCE
    )
    days = models.PositiveSmallIntegerField(
        _("days"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(366)]
    )
    on_date = models.DateField(_("date"), null=True, blank=True)
    rationale = models.TextField(_("why this"))
    # Empty: until it is withdrawn.
    lasts_days = models.PositiveSmallIntegerField(
        _("for so many days"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(366)],
    )
    reminders = models.BooleanField(_("remind by e-mail"), default=True)

    objects = ProgrammeItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("exercise of a programme")
        verbose_name_plural = _("exercises of a programme")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "position"], name="exercises_programmeitem_place_once"
            ),
            models.CheckConstraint(
                condition=~Q(release__in=["after_days", "after_one_before"])
                | Q(days__isnull=False, days__gte=1),
                name="exercises_programmeitem_has_days",
                violation_error_message=_("Say how many days."),
            ),
            models.CheckConstraint(
                condition=~Q(release="on_date") | Q(on_date__isnull=False),
                name="exercises_programmeitem_has_date",
                violation_error_message=_("Say on which date."),
            ),
            *RHYTHM_IS_WHOLE,
        ]

    def __str__(self) -> str:
        return f"Item {str(self.pk)[:8]}"


class Enrolment(BaseModel):
    """A programme given to a client on a day: what holds its assignments together."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="enrolments")
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="enrolments")
    # The client's local dates.
    starts_on = models.DateField(_("first day"))
    ended_on = models.DateField(_("ended on"), null=True, blank=True)

    objects = CaseloadQuerySet.as_manager()

    class Meta:
        verbose_name = _("programme of a client")
        verbose_name_plural = _("programmes of clients")
        ordering = ["-starts_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["client", "programme"],
                condition=Q(ended_on__isnull=True),
                name="exercises_enrolment_one_open",
                violation_error_message=_("This client is in this programme already."),
            )
        ]

    def __str__(self) -> str:
        return f"Enrolment {str(self.pk)[:8]}"
