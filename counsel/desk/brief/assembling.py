"""Reads what a brief is made of, and has it added up by the pure `exercises.progress`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from clients.models import Client
from counsel.common.zones import local_date
from counsel.desk.brief.numbers import Named, Strengths, named, strengths
from counsel.desk.brief.practised import Practised, practised
from counsel.desk.brief.quotes import Quote, latest_quotes, pinned_quotes
from counsel.desk.brief.spans import Choice, Span, span_of
from exercises.missing import BEFORE_IT, LOOK_BACK
from exercises.models import Assignment, Entry, Rhythm, RiskFlag
from exercises.progress import Practice
from exercises.selectors.measures import Latest, measures_of
from exercises.selectors.pins import pins_in_sight
from exercises.selectors.told import (
    shared_entries,
    shared_facts,
    told_practice,
    unread_entries,
)
from exercises.steps import Step
from sessions.models import HOLDING, KEPT, Consultation, ConsultationNote, Status, TalkingPoint
from sessions.selectors import meetings_of

# A page holds no more: of what is older the words are in the list of shared entries.
MOST_SHARED = 200
MOST_UNREAD = 50


@dataclass(frozen=True, slots=True)
class Brief:
    """`first` and `today` are the client's local days, both included.

    `today` is the last day of the span where it ended before now.
    """

    span: Span
    # Consultations a span may lie between, newest first.
    held: Sequence[Consultation]
    next: Consultation | None
    last: Consultation | None
    first: date
    today: date
    done: int
    planned: int
    practised: list[Practised]
    could_not: list[Entry]
    feelings: list[Named]
    strengths: Strengths | None
    quotes: list[Quote]
    # Whether days of private practice are among those counted.
    counts_private: bool
    # The latest of the span, and whether there are more than a page holds.
    shared: list[Entry]
    has_more_shared: bool
    unread: list[Entry]
    has_more_unread: bool
    measures: list[Latest]
    flags: list[RiskFlag]
    # What the client wants to talk about, and the note of the last consultation before the span's
    # end: it says what was agreed.
    talking: TalkingPoint | None
    note: ConsultationNote | None
    # The latest that has begun, be it noted as held or not: what a note is written about.
    to_note: Consultation | None

    @property
    def wants_smaller(self) -> list[Entry]:
        return [entry for entry in self.could_not if entry.wants_smaller]

    @property
    def to_talk_about(self) -> list[Entry]:
        """Shared in the span and not ticked as talked about."""
        reviews = [(entry, getattr(entry, "review", None)) for entry in self.shared]
        return [entry for entry, review in reviews if review is None or not review.reviewed_at]


def brief_of(client: Client, now: datetime, choice: Choice | None = None) -> Brief:
    """At most twelve queries, however much was written and whichever span."""
    meetings = meetings_of(client)
    held = [c for c in meetings if c.status == Status.COMPLETED and c.starts_at <= now]
    span = span_of(choice or Choice(), held, now)
    today = local_date(span.until, client.zone)
    since = local_date(span.since, client.zone) if span.since else date.min
    assignments = _assignments(client, since, today)
    first = since if span.since else min([a.starts_on for a in assignments], default=today)
    rows = _practised(client, assignments, meetings, first, today)
    entries = shared_entries(client, span.since, span.until, most=MOST_SHARED + 1)
    shared = entries[:MOST_SHARED]
    steps, facts = _steps(shared), shared_facts(client, span.since, span.until)
    pinned = pinned_quotes(pins_in_sight(client))
    unread = unread_entries(client, most=MOST_UNREAD + 1)
    last = next((c for c in held if c.starts_at < span.until), None)
    return Brief(
        span=span,
        held=held,
        next=_next(meetings, now),
        last=last,
        first=first,
        today=today,
        done=sum(row.tally.done for row in rows),
        planned=sum(row.planned for row in rows),
        practised=rows,
        could_not=[entry for entry in shared if entry.outcome == Entry.Outcome.COULD_NOT],
        feelings=named(facts, shared, steps, first),
        strengths=strengths(facts.practices.values()),
        quotes=pinned + latest_quotes(shared, steps, pinned),
        counts_private=client.shows_private_days,
        shared=shared,
        has_more_shared=len(entries) > MOST_SHARED,
        unread=unread[:MOST_UNREAD],
        has_more_unread=len(unread) > MOST_UNREAD,
        measures=measures_of(client, span.until),
        flags=list(RiskFlag.objects.filter(client=client, closed_at__isnull=True)),
        talking=TalkingPoint.objects.filter(client=client, settled_at__isnull=True).first(),
        note=ConsultationNote.objects.filter(consultation=last).first() if last else None,
        to_note=next((c for c in meetings if c.status in KEPT and c.starts_at <= now), None),
    )


def _next(meetings: Iterable[Consultation], now: datetime) -> Consultation | None:
    coming = [c for c in meetings if c.status in HOLDING and c.ends_at > now]
    return min(coming, key=lambda consultation: consultation.starts_at, default=None)


def _assignments(client: Client, first: date, today: date) -> list[Assignment]:
    rows = Assignment.objects.counted_between(first, today).filter(client=client)
    return list(rows.select_related("version").order_by("starts_on", "created_at", "pk"))


def _practised(
    client: Client,
    assignments: list[Assignment],
    meetings: Iterable[Consultation],
    first: date,
    today: date,
) -> list[Practised]:
    """What is asked once counts when it was done, be it before this span."""
    once = [assignment.pk for assignment in assignments if assignment.rhythm == Rhythm.ONCE]
    told: dict[UUID, list[Practice]] = {}
    told_from = min(first, today - LOOK_BACK) - BEFORE_IT
    for row in told_practice(client, told_from, today, once=once):
        told.setdefault(row.assignment_id, []).append(row.practice)
    days = {local_date(c.starts_at, client.zone) for c in meetings if c.status in KEPT}
    return [
        practised(given, given.plan_among(days), told.get(given.pk, []), first, today)
        for given in assignments
    ]


def _steps(entries: Iterable[Entry]) -> dict[UUID, tuple[Step, ...]]:
    """The steps of each version that was answered, read once. A smaller form has no others."""
    versions = {entry.version_id: entry.version for entry in entries}
    return {pk: version.parsed_steps() for pk, version in versions.items()}
