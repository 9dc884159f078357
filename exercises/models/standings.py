from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from counsel.accounts.querysets import CaseloadQuerySet


class Standing(models.Model):
    """Where a client stands, kept so that a caseload can be sorted and filtered by it.

    Derived from what the counsellor may know, and from nothing else; it may be reckoned anew
    at any time (`exercises.selectors.standing`). A change of what it is derived from counts
    `changes` up in the same transaction (`exercises.services.standing`); the row is true while
    `reckoned_for` equals it, and the client's day, clock, last held consultation and the like
    are those it was reckoned for.
    """

    class Trend(models.TextChoices):
        NONE = "", _("none")
        BETTER = "better", _("better")
        SAME = "same", _("no sure change")
        WORSE = "worse", _("worse")

    client = models.OneToOneField(
        Client, primary_key=True, on_delete=models.CASCADE, related_name="standing"
    )
    changes = models.PositiveIntegerField(default=1)
    reckoned_for = models.PositiveIntegerField(default=0)
    # The client's local day, and the end of the last held consultation, it was reckoned for.
    day = models.DateField(null=True)
    since = models.DateTimeField(null=True)
    time_zone = models.CharField(max_length=64, blank=True)
    shows_private_days = models.BooleanField(default=True)
    # Where a rhythm goes by consultations: the versions of those near today, added up.
    meetings = models.PositiveIntegerField(default=0)
    # The latest local day on which assigned practice was done, as far as it is told.
    practised_on = models.DateField(null=True)
    # Since when something was asked and nothing was heard; empty where nothing is asked.
    quiet_since = models.DateField(null=True)
    # Days since the last held consultation, of all assignments together.
    done = models.PositiveIntegerField(default=0)
    planned = models.PositiveIntegerField(default=0)
    # The most planned practices of one assignment missed one after the other until yesterday.
    missed = models.PositiveIntegerField(default=0)
    unread = models.PositiveIntegerField(default=0)
    flags = models.PositiveIntegerField(default=0)
    wants_smaller = models.BooleanField(default=False)
    # Of the measure handed in last: its latest score against its first.
    trend = models.CharField(max_length=6, choices=Trend, blank=True, default=Trend.NONE)
    trend_of = models.SlugField(max_length=60, blank=True)

    objects = CaseloadQuerySet.as_manager()

    class Meta:
        verbose_name = _("standing")
        verbose_name_plural = _("standings")
        constraints = [
            models.CheckConstraint(
                condition=Q(reckoned_for__lte=F("changes")),
                name="exercises_standing_reckoned_for_what_was",
            ),
            models.CheckConstraint(
                condition=Q(done__lte=F("planned")),
                name="exercises_standing_done_of_planned",
            ),
        ]

    def __str__(self) -> str:
        return f"Standing {str(self.pk)[:8]}"
