"""Giving an exercise to a client, and taking it off the list."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.utils import timezone

from clients.models import Client
from counsel.common.zones import local_date
from exercises.models import Assignment, ExerciseVersion, Rhythm
from exercises.planning import practice_plan


@transaction.atomic
def assignment_create(
    *,
    client: Client,
    version: ExerciseVersion,
    rationale: str,
    rhythm: str,
    starts_on: date,
    times_a_week: int | None = None,
    weekdays: Iterable[int] = (),
    ends_on: date | None = None,
    reminders: bool = True,
) -> Assignment:
    """Give a client an exercise. Raises ValidationError naming the fields that are wrong."""
    assignment = Assignment(
        client=client,
        version=version,
        rationale=rationale.strip(),
        rhythm=rhythm,
        times_a_week=times_a_week if rhythm == Rhythm.TIMES_A_WEEK else None,
        weekdays="".join(str(day) for day in sorted(set(weekdays)))
        if rhythm == Rhythm.WEEKDAYS
        else "",
        starts_on=starts_on,
        ends_on=ends_on,
        reminders=reminders,
    )
    assignment.full_clean()
    assignment.save(force_insert=True)
    practice_plan(timezone.now(), client=client)
    return assignment


@transaction.atomic
def assignment_withdraw(*, assignment: Assignment) -> None:
    """Take it off the client's list; what was written stays, and counts up to today."""
    now = timezone.now()
    assignment.take_back(local_date(now, assignment.client.zone))
    assignment.save(update_fields=["status", "withdrawn_on", "starts_on", "ends_on"])
    practice_plan(now, client=assignment.client)
