"""Reads about practice: what a client has to do, and what may be told of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from clients.models import Client, Sharing
from exercises.models import Assignment, Entry, EntryFact, Review
from exercises.progress import Practice, is_wanted_on


@dataclass(frozen=True, slots=True)
class Today:
    """One open assignment as the client's home shows it."""

    assignment: Assignment
    wanted: bool
    practised: bool
    has_draft: bool


@dataclass(frozen=True, slots=True)
class AssignedPractice:
    """One entry as it counts: a day, whether it was done, and what was shared of it."""

    assignment_id: UUID
    practice: Practice


def open_assignments(client: Client, day: date) -> list[Assignment]:
    """What is open on the client's local `day`, oldest first."""
    return list(
        Assignment.objects.filter(
            Q(ends_on__isnull=True) | Q(ends_on__gte=day),
            client=client,
            status=Assignment.Status.ACTIVE,
            starts_on__lte=day,
        )
        .select_related("version__exercise")
        .order_by("starts_on", "created_at")
    )


def todays_practice(client: Client, day: date) -> list[Today]:
    """Each open assignment, and whether its rhythm asks for it on the client's local `day`."""
    assignments = open_assignments(client, day)
    done = done_days(a.pk for a in assignments)
    drafts = set(
        Entry.objects.filter(
            client=client, state=Entry.State.DRAFT, assignment__isnull=False
        ).values_list("assignment_id", flat=True)
    )
    return [
        Today(
            assignment=assignment,
            wanted=is_wanted_on(assignment.plan, day, done.get(assignment.pk, set())),
            practised=day in done.get(assignment.pk, set()),
            has_draft=assignment.pk in drafts,
        )
        for assignment in assignments
    ]


def done_days(assignment_ids: Iterable[UUID]) -> dict[UUID, set[date]]:
    """The client's local days on which each assignment was done."""
    rows = (
        Entry.objects.submitted()
        .filter(assignment__in=list(assignment_ids), outcome=Entry.Outcome.DONE)
        .values_list("assignment_id", "local_date")
        .distinct()
    )
    days: dict[UUID, set[date]] = {}
    for assignment_id, day in rows:
        days.setdefault(assignment_id, set()).add(day)
    return days


def practised_days(client: Client, first: date, last: date) -> set[date]:
    """The client's local days with any practice or writing: for the client's own eyes."""
    return set(
        Entry.objects.submitted()
        .filter(
            client=client, outcome=Entry.Outcome.DONE, local_date__gte=first, local_date__lte=last
        )
        .values_list("local_date", flat=True)
        .distinct()
    )


def assigned_practice(client: Client, first: date, last: date) -> list[AssignedPractice]:
    """For the counsellor: every entry of an assignment counts as a day; numbers and feelings
    come from shared entries alone. Writing nobody assigned is not in it at all.
    """
    entries = list(
        Entry.objects.submitted()
        .filter(
            client=client, assignment__isnull=False, local_date__gte=first, local_date__lte=last
        )
        .only("id", "assignment_id", "local_date", "outcome", "sharing")
    )
    facts = _facts(entry.pk for entry in entries if entry.sharing == Sharing.SHARED)
    return [_counted(entry, facts.get(entry.pk, [])) for entry in entries]


def shared_entries(client: Client, since: datetime, until: datetime) -> list[Entry]:
    """What the client lets the counsellor read, newest first."""
    return list(
        Entry.objects.shared()
        .filter(client=client, happened_at__gte=since, happened_at__lt=until)
        .select_related("version__exercise", "review")
        .order_by("-happened_at")
    )


def unread_entries(client: Client) -> list[Entry]:
    """Shared entries the counsellor has not opened yet, newest first."""
    seen = Review.objects.filter(entry=OuterRef("pk"))
    return list(
        Entry.objects.shared()
        .filter(~Exists(seen), client=client)
        .select_related("version__exercise")
        .order_by("-happened_at")
    )


def week_of(day: date) -> tuple[date, date]:
    """The seven days that end with `day`."""
    return day - timedelta(days=6), day


def _facts(entry_ids: Iterable[UUID]) -> dict[UUID, list[EntryFact]]:
    facts: dict[UUID, list[EntryFact]] = {}
    for fact in EntryFact.objects.filter(entry__in=list(entry_ids)):
        facts.setdefault(fact.entry_id, []).append(fact)
    return facts


def _counted(entry: Entry, facts: list[EntryFact]) -> AssignedPractice:
    numbers = {fact.kind: fact.number for fact in facts}
    return AssignedPractice(
        assignment_id=entry.assignment_id,
        practice=Practice(
            day=entry.local_date,
            done=entry.outcome == Entry.Outcome.DONE,
            before=numbers.get(EntryFact.Kind.BEFORE),
            after=numbers.get(EntryFact.Kind.AFTER),
            feelings=tuple(f.label for f in facts if f.kind == EntryFact.Kind.FEELING),
        ),
    )
