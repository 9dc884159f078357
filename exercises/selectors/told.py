"""What a counsellor may be told: shared entries, and the days of assigned practice.

Each is found within a span by an index; a history of any length costs no more.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Subquery

from clients.models import Client
from exercises.models import Assignment, Entry, EntryFact
from exercises.progress import Practice


@dataclass(frozen=True, slots=True)
class ToldPractice:
    """One entry of an assignment as it counts: a day, and whether it was done."""

    assignment_id: UUID
    practice: Practice


@dataclass(frozen=True, slots=True)
class SharedFacts:
    """Numbers and feelings of shared entries, by entry.

    `first_named`: the first day on which a feeling was named in anything shared now, at any time.
    """

    practices: dict[UUID, Practice]
    first_named: dict[str, date]


def told_practice(
    client: Client, first: date, last: date, *, once: Collection[UUID] = ()
) -> list[ToldPractice]:
    """Every entry of an assignment on these days counts, as far as the client lets private ones;
    those of the assignments named by `once` on any day. Writing nobody assigned is not in it.

    Numbers and feelings are not in it: see `shared_facts`. One query.
    """
    told = Entry.objects.told().filter(client=client, assignment__isnull=False).order_by()
    columns = ("pk", "assignment_id", "local_date", "outcome")
    within = told.filter(local_date__gte=first, local_date__lte=last).values_list(*columns)
    # Not one question with an "or", for which a database reads everything that was ever written.
    rows = within.union(told.filter(assignment__in=once).values_list(*columns)) if once else within
    return [
        ToldPractice(
            assignment_id,
            Practice(day, outcome == Entry.Outcome.DONE, before=None, after=None, feelings=()),
        )
        for _pk, assignment_id, day, outcome in rows
    ]


def days_done(assignments: Iterable[Assignment]) -> dict[UUID, set[date]]:
    """All the days on which each of them was done, as far as the counsellor may know."""
    rows = Entry.objects.told().filter(assignment__in=assignments, outcome=Entry.Outcome.DONE)
    days: dict[UUID, set[date]] = {}
    for assignment_id, day in rows.order_by().values_list("assignment_id", "local_date"):
        days.setdefault(assignment_id, set()).add(day)
    return days


def shared_facts(client: Client, since: datetime | None, until: datetime) -> SharedFacts:
    """Of what happened from `since` (None: from the beginning) up to `until`. One query."""
    named = EntryFact.objects.filter(client=client, kind=EntryFact.Kind.FEELING)
    earliest = named.filter(label=OuterRef("label")).shared().order_by("day").values("day")[:1]
    rows = EntryFact.objects.filter(client=client, **_happened(since, until, "entry__")).shared()
    facts: dict[UUID, list[Any]] = {}
    first_named: dict[str, date] = {}
    for fact in rows.annotate(found_first=Subquery(earliest)).order_by():
        facts.setdefault(fact.entry_id, []).append(fact)
        if fact.kind == EntryFact.Kind.FEELING:
            first_named[fact.label] = fact.found_first
    return SharedFacts({pk: _practice(found) for pk, found in facts.items()}, first_named)


def shared_entries(
    client: Client, since: datetime | None, until: datetime, *, most: int | None = None
) -> list[Entry]:
    """What the client lets the counsellor read, newest first."""
    rows = Entry.objects.shared().filter(client=client, **_happened(since, until))
    return list(
        rows.select_related("version__exercise", "review").order_by("-happened_at", "-pk")[:most]
    )


def unread_entries(client: Client, *, most: int | None = None) -> list[Entry]:
    """Newest first, without what was written."""
    rows = Entry.objects.unread().filter(client=client).select_related("version__exercise")
    return list(rows.defer("answers", "because").order_by("-happened_at", "-pk")[:most])


def _happened(since: datetime | None, until: datetime, path: str = "") -> dict[str, Any]:
    span: dict[str, Any] = {f"{path}happened_at__lt": until}
    return span if since is None else {**span, f"{path}happened_at__gte": since}


def _practice(facts: list[EntryFact]) -> Practice:
    numbers = {fact.kind: fact.number for fact in facts}
    return Practice(
        day=facts[0].day,
        done=True,
        before=numbers.get(EntryFact.Kind.BEFORE),
        after=numbers.get(EntryFact.Kind.AFTER),
        feelings=tuple(f.label for f in facts if f.kind == EntryFact.Kind.FEELING),
    )
