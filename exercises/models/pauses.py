from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from counsel.accounts.querysets import CaseloadQuerySet
from counsel.common.models import BaseModel
from exercises.models.assignments import Assignment


class OfAssignmentQuerySet(CaseloadQuerySet):
    counsellor_path: ClassVar[str] = "assignment__client__counsellor"
    user_path: ClassVar[str] = "assignment__client__user"
    restricted_path: ClassVar[str] = "assignment__client__restricted_at"


class AssignmentPause(BaseModel):
    """Days on which an assignment rests: the client's local dates, both included.

    Without a last day it rests until somebody takes it up again.
    """

    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="pauses")
    first_day = models.DateField()
    last_day = models.DateField(null=True, blank=True)

    objects = OfAssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("pause")
        verbose_name_plural = _("pauses")
        ordering = ["first_day"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__isnull=True) | Q(last_day__gte=F("first_day")),
                name="exercises_assignmentpause_in_order",
            ),
            models.UniqueConstraint(
                fields=["assignment"],
                condition=Q(last_day__isnull=True),
                name="exercises_assignmentpause_one_open",
            ),
        ]

    def __str__(self) -> str:
        return f"Pause {str(self.pk)[:8]}"

    def covers(self, day: date) -> bool:
        return self.first_day <= day and (self.last_day is None or day <= self.last_day)
