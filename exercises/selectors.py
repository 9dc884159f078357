"""Reads about practice: what a client has to do, and what may be told of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from clients.models import Client, Sharing
from exercises.models import (
    Assignment,
    Entry,
    EntryFact,
    EntryQuerySet,
    Exercise,
    ExerciseVersion,
    Reply,
    Rhythm,
)
from exercises.progress import Practice, is_wanted_on

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


@dataclass(frozen=True, slots=True)
class Writing:
    """The journal a page of writing goes into. Without an assignment it is the client's alone."""

    version: ExerciseVersion
    assignment: Assignment | None
    is_begun: bool


@dataclass(frozen=True, slots=True)
class AssignedPractice:
    """One entry as it counts: a day, whether it was done, and what was shared of it."""

    assignment_id: UUID
    practice: Practice


def open_assignments(client: Client, day: date) -> list[Assignment]:
    """What is open on the client's local `day`, oldest first."""
    return list(
        Assignment.objects.open_between(day, day)
        .filter(client=client)
        .select_related("version__exercise")
        .order_by("starts_on", "created_at")
    )


def todays_practice(client: Client, day: date) -> list[Today]:
    """Each open assignment, and whether its rhythm asks for it on the client's local `day`.

    Once somebody said that it isn't a day for it, nothing asks again until the next.
    """
    assignments = open_assignments(client, day)
    answered = answered_since(day - LONGEST_LOOK_BACK, client=client)
    drafts = set(
        Entry.objects.filter(
            client=client, state=Entry.State.DRAFT, assignment__isnull=False
        ).values_list("assignment_id", flat=True)
    )
    return [
        _today(assignment, day, answered.get(assignment.pk, Answered()), drafts)
        for assignment in assignments
    ]


def answered_since(first: date, *, client: Client | None = None) -> dict[UUID, Answered]:
    """The answers to open assignments from `first` on, and any to those wanted only once.

    Of one client, or of everybody.
    """
    entries = Entry.objects.submitted().filter(
        Q(local_date__gte=first) | Q(assignment__rhythm=Rhythm.ONCE),
        assignment__status=Assignment.Status.ACTIVE,
    )
    if client is not None:
        entries = entries.filter(client=client)
    rows = entries.order_by().values_list("assignment_id", "outcome", "local_date").distinct()
    answered: dict[UUID, Answered] = {}
    for assignment_id, outcome, day in rows:
        days = answered.setdefault(assignment_id, Answered())
        (days.done if outcome == Entry.Outcome.DONE else days.could_not).add(day)
    return answered


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
    return [
        AssignedPractice(entry.assignment_id, _counted(entry, facts.get(entry.pk, [])))
        for entry in entries
        if entry.assignment_id is not None
    ]


def shared_entries(client: Client, since: datetime, until: datetime) -> list[Entry]:
    """What the client lets the counsellor read, newest first."""
    return list(
        Entry.objects.shared()
        .filter(client=client, happened_at__gte=since, happened_at__lt=until)
        .select_related("version__exercise", "review")
        .order_by("-happened_at")
    )


def unread_entries(client: Client) -> list[Entry]:
    """Newest first."""
    return list(
        Entry.objects.unread()
        .filter(client=client)
        .select_related("version__exercise")
        .order_by("-happened_at")
    )


def week_of(day: date) -> tuple[date, date]:
    """The seven days that end with `day`."""
    return day - timedelta(days=6), day


def timeline(client: Client) -> EntryQuerySet:
    """All the client has kept, newest first, with what a row says of it: not its words."""
    replies = Reply.objects.filter(entry=OuterRef("pk"))
    rows: EntryQuerySet = (
        Entry.objects.submitted()
        .filter(client=client)
        .annotate(
            was_answered=Exists(replies), has_news=Exists(replies.filter(read_at__isnull=True))
        )
        .select_related("version", "review")
        .defer("answers", "because", "version__steps")
        .order_by("-happened_at", "-pk")
    )
    return rows


def journal_writing(client: Client) -> EntryQuerySet:
    """What the client wrote in the journal, assigned or not."""
    return timeline(client).filter(version__exercise__kind=Exercise.Kind.JOURNAL)


def drafts(client: Client) -> list[Entry]:
    """What was begun and not finished, newest first."""
    return list(
        Entry.objects.filter(client=client, state=Entry.State.DRAFT)
        .select_related("version__exercise", "assignment")
        .order_by("-happened_at")
    )


def answered_entries(client: Client) -> list[Entry]:
    """Entries with words of the counsellor's that the client has not opened yet."""
    unread = Reply.objects.filter(entry=OuterRef("pk"), read_at__isnull=True)
    return list(
        Entry.objects.submitted()
        .filter(Exists(unread), client=client)
        .select_related("version")
        .order_by("-happened_at")
    )


def replies_to(entry: Entry) -> list[Reply]:
    return list(entry.replies.select_related("author").order_by("created_at"))


def journal_to_write(client: Client, day: date) -> Writing | None:
    """Where writing belongs: to the draft that is open, to a journal that is wanted today,
    else to nobody but the client. None while the library has not been loaded.
    """
    for draft in drafts(client):
        is_open = draft.assignment is None or draft.assignment.runs_on(day)
        if draft.version.exercise.kind == Exercise.Kind.JOURNAL and is_open:
            return Writing(draft.version, draft.assignment, is_begun=True)
    for row in todays_practice(client, day):
        if row.wanted and row.assignment.version.exercise.kind == Exercise.Kind.JOURNAL:
            return Writing(row.assignment.version, row.assignment, is_begun=False)
    built_in = ExerciseVersion.objects.current().filter(
        exercise__owner=None, exercise__slug="journal"
    )
    version = built_in.select_related("exercise").first()
    return None if version is None else Writing(version, None, is_begun=False)


def _today(assignment: Assignment, day: date, answered: Answered, drafts: set[UUID]) -> Today:
    could_not = day in answered.could_not
    return Today(
        assignment=assignment,
        wanted=not could_not and is_wanted_on(assignment.plan, day, answered.done),
        practised=day in answered.done,
        could_not=could_not,
        has_draft=assignment.pk in drafts,
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
