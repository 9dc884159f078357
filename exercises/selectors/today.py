"""What is open for a client, and what its rhythm asks for on a day."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from clients.models import Client
from exercises.models import Assignment, Entry, Rhythm
from exercises.plans import Plan, is_wanted_on
from exercises.selectors.plans import plans_of

# A plan looks back to the Monday of a day's week at most.
LONGEST_LOOK_BACK = timedelta(days=8)


@dataclass(frozen=True, slots=True)
class Answered:
    """The client's local days on which one assignment was done, or said not to be for today."""

    done: set[date] = field(default_factory=set)
    could_not: set[date] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Today:
    """One open assignment as the client's home shows it."""

    assignment: Assignment
    wanted: bool
    practised: bool
    could_not: bool
    has_draft: bool
    # The form that beginning, or going on, leads to.
    is_smaller: bool

    @property
    def may_be_smaller(self) -> bool:
        return self.assignment.version.has_smaller


def open_assignments(client: Client, day: date) -> list[Assignment]:
    """What is open on the client's local `day`, oldest first."""
    rows = Assignment.objects.open_between(day, day).filter(client=client)
    with_version = rows.select_related("client", "version__exercise")
    ordered = with_version.order_by("starts_on", "created_at", "pk")
    return [assignment for assignment in ordered if assignment.runs_on(day)]


def todays_practice(client: Client, day: date) -> list[Today]:
    """Each open assignment, and whether its rhythm asks for it on the client's local `day`.

    Once somebody said that it isn't a day for it, nothing asks again until the next.
    """
    assignments = open_assignments(client, day)
    plans = plans_of(assignments, day, day)
    answered = answered_since(day - LONGEST_LOOK_BACK, clients=[client])
    # Of each assignment with an open draft, whether that is in the smaller form.
    drafts = dict(
        Entry.objects.filter(
            client=client, state=Entry.State.DRAFT, assignment__isnull=False, corrects=None
        ).values_list("assignment_id", "smaller")
    )
    return [
        _today(a, plans[a.pk], day, answered.get(a.pk, Answered()), drafts) for a in assignments
    ]


def answered_since(first: date, *, clients: Collection[Client]) -> dict[UUID, Answered]:
    """The answers of these clients to open assignments from `first` on, and any to those wanted
    only once.
    """
    entries = Entry.objects.submitted().filter(
        client__in=clients, assignment__status=Assignment.Status.ACTIVE
    )
    columns = entries.order_by().values_list("assignment_id", "outcome", "local_date")
    # Not one question with an "or", for which a database reads everything that was ever written.
    rows = columns.filter(local_date__gte=first).union(
        columns.filter(assignment__rhythm=Rhythm.ONCE)
    )
    answered: dict[UUID, Answered] = {}
    for assignment_id, outcome, day in rows:
        days = answered.setdefault(assignment_id, Answered())
        (days.done if outcome == Entry.Outcome.DONE else days.could_not).add(day)
    return answered


def _today(
    assignment: Assignment, plan: Plan, day: date, answered: Answered, drafts: Mapping[UUID, bool]
) -> Today:
    could_not = day in answered.could_not
    return Today(
        assignment=assignment,
        wanted=not could_not and is_wanted_on(plan, day, answered.done),
        practised=day in answered.done,
        could_not=could_not,
        has_draft=assignment.pk in drafts,
        is_smaller=drafts.get(assignment.pk, assignment.smaller) and assignment.version.has_smaller,
    )
