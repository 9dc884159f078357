"""Programmes: what they hold, what would be given of them, and how far somebody is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet

from counsel.accounts.models import Counsellor
from exercises.models import (
    Assignment,
    Enrolment,
    Entry,
    ExerciseVersion,
    Programme,
    ProgrammeItem,
)
from exercises.releases import last_day, opens_on


@dataclass(frozen=True, slots=True)
class Dated:
    """One exercise of a programme, as it would be given from a first day on.

    Without `opens` it waits until `before` was practised on `item.days` days.
    `version` is None where the exercise is not offered any more.
    """

    item: ProgrammeItem
    version: ExerciseVersion | None
    before: ExerciseVersion | None
    opens: date | None
    ends: date | None


@dataclass(frozen=True, slots=True)
class Step:
    """One assignment of a client's programme. `done` are the days that count for the next."""

    assignment: Assignment
    before: Assignment | None
    done: int
    done_before: int


def offered_to(counsellor: Counsellor) -> QuerySet[ExerciseVersion]:
    """What the counsellor may give now: the newest version of each exercise of the library."""
    rows = ExerciseVersion.objects.visible_to(counsellor.user).current()
    return rows.select_related("exercise")


def dated_items(programme: Programme, first_day: date) -> list[Dated]:
    """What would be given, in order. Load the `owner` with it."""
    items = list(programme.items.all())
    asked = [item.exercise_id for item in items]
    versions = {v.exercise_id: v for v in offered_to(programme.owner).filter(exercise__in=asked)}
    dated: list[Dated] = []
    for item in items:
        opens = opens_on(item.release, first_day, days=item.days, on_date=item.on_date)
        dated.append(
            Dated(
                item=item,
                version=versions.get(item.exercise_id),
                before=dated[-1].version if dated else None,
                opens=opens,
                ends=opens and last_day(opens, item.lasts_days),
            )
        )
    return dated


def state_of(programme: Programme) -> str:
    """Differs once anything of the programme was changed."""
    items = programme.items.order_by("position").values_list()
    own = (programme.title, programme.summary)
    return sha256(repr([own, *items]).encode()).hexdigest()


def told_days(assignment_ids: Iterable[UUID]) -> dict[UUID, int]:
    """On how many days each of them was practised, as far as the counsellor may know.

    What opens next is seen by the counsellor. So a private entry counts as long as the client
    lets private days be known (that it took place is then told anyway), and does not where
    the client keeps even those: an exercise that opened would give them away.
    """
    rows = (
        Entry.objects.told()
        .filter(assignment__in=list(assignment_ids), outcome=Entry.Outcome.DONE)
        .order_by()
        .values_list("assignment")
        .annotate(days=Count("local_date", distinct=True))
    )
    return dict(rows)


def steps_of(enrolment: Enrolment) -> list[Step]:
    """What was given with it, in the order of the programme: three queries."""
    rows = list(
        enrolment.assignments.select_related("client", "version", "after__version")
        .prefetch_related("pauses")
        .order_by("created_at")
    )
    done = told_days(row.pk for row in rows)
    return [
        Step(row, row.after, done.get(row.pk, 0), done.get(row.after_id, 0) if row.after_id else 0)
        for row in rows
    ]


def open_enrolments(client_id: UUID) -> dict[Any, Enrolment]:
    """The client's programmes that are under way, by programme."""
    rows = Enrolment.objects.filter(client=client_id, ended_on=None)
    return {row.programme_id: row for row in rows}
