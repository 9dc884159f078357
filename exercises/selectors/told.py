"""What a counsellor may be told: shared entries, and the days of assigned practice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from clients.models import Client, Sharing
from exercises.models import Assignment, Entry, EntryFact
from exercises.progress import Practice


@dataclass(frozen=True, slots=True)
class AssignedPractice:
    """One entry as it counts: a day, whether it was done, and what was shared of it."""

    assignment_id: UUID
    practice: Practice


def assigned_practice(client: Client, first: date, last: date) -> list[AssignedPractice]:
    """For the counsellor: every entry of an assignment counts as a day, as far as the client
    lets private ones count; numbers and feelings come from shared entries alone. Writing nobody
    assigned is not in it at all.
    """
    entries = list(
        Entry.objects.told()
        .filter(
            client=client, assignment__isnull=False, local_date__gte=first, local_date__lte=last
        )
        .only("id", "assignment_id", "local_date", "outcome", "sharing")
    )
    facts = _facts(entry.pk for entry in entries if entry.sharing == Sharing.SHARED)
    return [
        AssignedPractice(entry.assignment_id, _counted(entry, facts.get(entry.pk, [])))
        for entry in entries
        if entry.assignment_id is not None
    ]


def days_done(assignments: Iterable[Assignment]) -> dict[UUID, set[date]]:
    """All the days on which each of them was done, as far as the counsellor may know."""
    rows = Entry.objects.told().filter(assignment__in=assignments, outcome=Entry.Outcome.DONE)
    days: dict[UUID, set[date]] = {}
    for assignment_id, day in rows.order_by().values_list("assignment_id", "local_date"):
        days.setdefault(assignment_id, set()).add(day)
    return days


def shared_entries(client: Client, since: datetime, until: datetime) -> list[Entry]:
    """What the client lets the counsellor read, newest first."""
    return list(
        Entry.objects.shared()
        .filter(client=client, happened_at__gte=since, happened_at__lt=until)
        .select_related("version__exercise", "review")
        .order_by("-happened_at", "-pk")
    )


def unread_entries(client: Client) -> list[Entry]:
    """Newest first."""
    return list(
        Entry.objects.unread()
        .filter(client=client)
        .select_related("version__exercise")
        .order_by("-happened_at", "-pk")
    )


def _facts(entry_ids: Iterable[UUID]) -> dict[UUID, list[EntryFact]]:
    facts: dict[UUID, list[EntryFact]] = {}
    for fact in EntryFact.objects.filter(entry__in=list(entry_ids)):
        facts.setdefault(fact.entry_id, []).append(fact)
    return facts


def _counted(entry: Entry, facts: list[EntryFact]) -> Practice:
    numbers = {fact.kind: fact.number for fact in facts}
    return Practice(
        day=entry.local_date,
        done=entry.outcome == Entry.Outcome.DONE,
        before=numbers.get(EntryFact.Kind.BEFORE),
        after=numbers.get(EntryFact.Kind.AFTER),
        feelings=tuple(f.label for f in facts if f.kind == EntryFact.Kind.FEELING),
    )
