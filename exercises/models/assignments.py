from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from counsel.accounts.querysets import CaseloadQuerySet
from counsel.common.fields import EncryptedTextField
from counsel.common.models import BaseModel
from exercises.models.library import ExerciseVersion
from exercises.models.programmes import Enrolment
from exercises.models.rhythms import RHYTHM_IS_WHOLE, Rhythm, WithRhythm
from exercises.plans import Plan
from exercises.plans import Rhythm as PlanRhythm

if TYPE_CHECKING:
    from exercises.models.pauses import AssignmentPause

RHYTHM_FIELDS = ("rhythm", "times_a_week", "weekdays", "every_weeks")


class AssignmentQuerySet(CaseloadQuerySet):
    def open_between(self, first: date, last: date) -> AssignmentQuerySet:
        """Those given for some day of the inclusive span, and not taken back; a pause may
        still cover the day (see `Assignment.runs_on`).
        """
        return self._between(first, last).filter(status=Assignment.Status.ACTIVE)

    def counted_between(self, first: date, last: date) -> AssignmentQuerySet:
        """Those that asked for anything in the inclusive span, taken back since or not."""
        # Taken back on its first day or earlier, it never asked for anything.
        asked_before = Q(withdrawn_on__gt=F("starts_on"))
        taken_back_later = asked_before & Q(
            status=Assignment.Status.WITHDRAWN, withdrawn_on__gt=first
        )
        return self._between(first, last).filter(
            Q(status=Assignment.Status.ACTIVE) | taken_back_later
        )

    def _between(self, first: date, last: date) -> AssignmentQuerySet:
        return self.filter(
            Q(ends_on__isnull=True) | Q(ends_on__gte=first), starts_on__lte=last
        ).prefetch_related("pauses")


class Assignment(WithRhythm, BaseModel):
    """An exercise version given to a client, with the reason for it, a rhythm and dates.

    Dates are the client's local dates; `ends_on` is included.
    """

    class Status(models.TextChoices):
        # Given by a programme, for when the one before it was done.
        WAITING = "waiting", _("waiting")
        ACTIVE = "active", _("active")
        WITHDRAWN = "withdrawn", _("withdrawn")

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="assignments")
    version = models.ForeignKey(
        ExerciseVersion, on_delete=models.PROTECT, related_name="assignments"
    )
    rationale = EncryptedTextField(_("why this, why now"))
    # The rhythms before this one, oldest first, each with the last day on which it held
    # (`until`): days that were counted by one of them stay counted by it.
    earlier = models.JSONField(default=list, blank=True)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    reminders = models.BooleanField(_("remind by e-mail"), default=True)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.ACTIVE)
    # The client's local day from which on nothing is asked any more.
    withdrawn_on = models.DateField(_("withdrawn on"), null=True, blank=True)
    smaller = models.BooleanField(_("in its smaller form"), default=False)
    # Only of measures: whether the client sees what their own answers add up to.
    shows_scores = models.BooleanField(_("the client sees the scores"), default=False)
    # When it was opened by hand, or its first day brought forward: only from then on could the
    # client be told of it. Empty: from when it was given.
    opened_at = models.DateTimeField(null=True, blank=True)
    enrolment = models.ForeignKey(
        Enrolment, null=True, blank=True, on_delete=models.PROTECT, related_name="assignments"
    )
    # Waits until that one was done on so many days.
    after = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="followed_by"
    )
    after_days = models.PositiveSmallIntegerField(null=True, blank=True)

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
            *RHYTHM_IS_WHOLE,
            models.CheckConstraint(
                condition=~Q(status="withdrawn") | Q(withdrawn_on__isnull=False),
                name="exercises_assignment_withdrawn_is_dated",
            ),
            models.CheckConstraint(
                condition=~Q(status="waiting")
                | Q(after__isnull=False, after_days__isnull=False, after_days__gte=1),
                name="exercises_assignment_waits_for_something",
            ),
        ]

    def __str__(self) -> str:
        return f"Assignment {str(self.pk)[:8]}"

    def take_back(self, day: date) -> None:
        """Asks for nothing from the client's local `day` on. Does not save.

        One that still waits begins on that day, and so never does: its dates so far only kept
        how long it would have lasted.
        """
        if self.status == self.Status.WAITING:
            self.starts_on, self.ends_on = day, None
        self.status, self.withdrawn_on = self.Status.WITHDRAWN, day

    @property
    def plan(self) -> Plan:
        """The rhythm as the pure rules of `exercises.plans` take it.

        One that goes by consultations asks for nothing here: see `plan_among`.
        """
        return self.plan_among(())

    def plan_among(self, meetings: Iterable[date]) -> Plan:
        """The same, for a client who has consultations on these local dates."""
        always = {
            "meetings": frozenset(meetings),
            "pauses": tuple((pause.first_day, pause.last_day) for pause in self.pauses.all()),
        }
        start, earlier = self.starts_on, []
        for held in self.earlier:
            until = date.fromisoformat(held["until"])
            end = date.fromisoformat(held["ends_on"]) if held["ends_on"] else None
            earlier.append((until, _plan(held, start=start, end=end, **always)))
            start = until + timedelta(days=1)
        now = {name: getattr(self, name) for name in RHYTHM_FIELDS}
        own = {"start": start, "end": self._last_day, "earlier": tuple(earlier)}
        # Taking it back brings forward no day on which something is asked once.
        return _plan(now, **own, **always, counted_on=self.ends_on or start)

    @property
    def goes_by_meetings(self) -> bool:
        """Whether its plan needs the dates of consultations, now or for days gone by."""
        rhythms = {self.rhythm, *(held["rhythm"] for held in self.earlier)}
        return Rhythm.BEFORE_MEETING in rhythms

    @property
    def _last_day(self) -> date | None:
        """The last day on which it asked for anything."""
        if self.withdrawn_on is None:
            return self.ends_on
        before = self.withdrawn_on - timedelta(days=1)
        return before if self.ends_on is None else min(self.ends_on, before)

    @property
    def told_from(self) -> datetime:
        """No mail before this could tell of it."""
        return self.opened_at or self.created_at

    @property
    def rhythm_since(self) -> date:
        """The first day to which the rhythm of now belongs."""
        if not self.earlier:
            return self.starts_on
        return date.fromisoformat(self.earlier[-1]["until"]) + timedelta(days=1)

    def has_ended(self, day: date) -> bool:
        return self.ends_on is not None and self.ends_on < day

    def rest(self, day: date) -> AssignmentPause | None:
        """The pause that covers the client's local `day`, or one that is still to come."""
        later = (p for p in self.pauses.all() if p.last_day is None or p.last_day >= day)
        return min(later, key=lambda pause: pause.first_day, default=None)

    def runs_on(self, day: date) -> bool:
        """Whether the assignment is open on the client's local `day`."""
        return self.status == self.Status.ACTIVE and self.plan.covers(day)


def _plan(rhythm: Mapping[str, Any], **dates: Any) -> Plan:
    return Plan(
        rhythm=PlanRhythm(rhythm["rhythm"]),
        times_a_week=rhythm["times_a_week"],
        weekdays=frozenset(int(digit) for digit in rhythm["weekdays"]),
        every_weeks=rhythm["every_weeks"],
        **dates,
    )
