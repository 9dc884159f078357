"""The brief: what happened with a client since the last consultation, for the counsellor.

Of a private entry only the day counts, and only where the exercise was assigned: no number,
no feeling, no word. Private journal writing leaves no trace here at all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils.formats import number_format

from clients.models import Client
from counsel.common.zones import local_date
from exercises import answers as rules
from exercises import feelings
from exercises.models import Assignment, Entry, Rhythm
from exercises.plans import Plan
from exercises.progress import DayMark, Practice, day_marks, progress
from exercises.selectors.measures import Latest, measures_of
from exercises.selectors.plans import plans_of
from exercises.selectors.told import (
    AssignedPractice,
    assigned_practice,
    days_done,
    shared_entries,
    unread_entries,
)
from exercises.steps import Role, Step
from exercises.wording import dates_words, rhythm_words
from sessions.models import Consultation
from sessions.selectors import last_held_consultation, next_consultation

WITHOUT_CONSULTATION = timedelta(weeks=4)
MOST_MARKS = 14
MOST_QUOTES = 3
MOST_FEELINGS = 8
LONGEST_QUOTE = 400


@dataclass(frozen=True, slots=True)
class Practised:
    """One assignment: on how many of its planned days it was done, and the latest days."""

    assignment: Assignment
    done: int
    planned: int
    marks: list[DayMark]

    @property
    def rhythm(self) -> str:
        return rhythm_words(self.assignment)

    @property
    def dates(self) -> str:
        return dates_words(self.assignment)


@dataclass(frozen=True, slots=True)
class Named:
    """A feeling and how many shared entries name it; `width` is of 100, for its bar."""

    label: str
    count: int
    width: int


@dataclass(frozen=True, slots=True)
class Quote:
    entry: Entry
    text: str
    cut: bool


@dataclass(frozen=True, slots=True)
class Strengths:
    """Mean strength before and after, 0 to 10, over the `count` entries that have both."""

    before: float
    after: float
    change: float
    count: int

    @property
    def change_words(self) -> str:
        """'−2.5', '+0.3': signed, for the smallest place there is."""
        sign = "+" if self.change > 0 else "−"
        size = number_format(abs(self.change), 1)
        return sign + size if round(self.change, 1) else size


@dataclass(frozen=True, slots=True)
class Brief:
    """`first` and `today` are the client's local days, both included."""

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
    shared: list[Entry]
    unread: list[Entry]
    measures: list[Latest]


def brief_of(client: Client, now: datetime) -> Brief:
    """At most eleven queries, however much was written."""
    last = last_held_consultation(client, now)
    since = last.ends_at if last else now - WITHOUT_CONSULTATION
    first, today = local_date(since, client.zone), local_date(now, client.zone)
    assignments = _assignments(client, first, today)
    entries = assigned_practice(client, first, today)
    shared = shared_entries(client, since, now)
    steps = _steps(shared)
    plans = _plans(assignments, first, today)
    practised = [_practised(a, plans[a.pk], entries, first, today) for a in assignments]
    return Brief(
        next=next_consultation(client, now),
        last=last,
        first=first,
        today=today,
        # One exercise done more often than planned does not make up for another.
        done=sum(min(row.done, row.planned) for row in practised),
        planned=sum(row.planned for row in practised),
        practised=practised,
        could_not=[entry for entry in shared if entry.outcome == Entry.Outcome.COULD_NOT],
        feelings=_feelings(shared, steps),
        strengths=_strengths(shared, steps),
        quotes=_quotes(shared, steps),
        counts_private=client.shows_private_days,
        shared=shared,
        unread=unread_entries(client),
        measures=measures_of(client),
    )


def _assignments(client: Client, first: date, today: date) -> list[Assignment]:
    rows = Assignment.objects.counted_between(first, today).filter(client=client)
    return list(rows.select_related("client", "version").order_by("starts_on", "created_at", "pk"))


def _plans(assignments: list[Assignment], first: date, today: date) -> dict[UUID, Plan]:
    """What is asked once counts when it was done, be it before this brief: one query more."""
    plans = plans_of(assignments, first, today)
    once = [assignment for assignment in assignments if assignment.rhythm == Rhythm.ONCE]
    done = days_done(once) if once else {}
    return {pk: plan.done_on(done.get(pk, ())) for pk, plan in plans.items()}


def _practised(
    assignment: Assignment, plan: Plan, entries: list[AssignedPractice], first: date, today: date
) -> Practised:
    own = _of(entries, {assignment.pk})
    days = {entry.practice.day for entry in own if entry.practice.done}
    practices = [entry.practice for entry in own]
    counted = progress([plan], practices, first, _last_counted(own, today))
    shown = min((today - max(first, assignment.starts_on)).days + 1, MOST_MARKS)
    return Practised(assignment, counted.done_days, counted.planned, day_marks(days, today, shown))


def _of(entries: list[AssignedPractice], assignments: set[UUID]) -> list[AssignedPractice]:
    return [entry for entry in entries if entry.assignment_id in assignments]


def _last_counted(entries: list[AssignedPractice], today: date) -> date:
    """Today counts as planned once something was done: until then it is not over."""
    done_today = any(entry.practice.done and entry.practice.day == today for entry in entries)
    return today if done_today else today - timedelta(days=1)


def _steps(entries: list[Entry]) -> dict[UUID, tuple[Step, ...]]:
    """The steps of each version that was answered, read once. A smaller form has no others."""
    versions = {entry.version_id: entry.version for entry in entries}
    return {pk: version.parsed_steps() for pk, version in versions.items()}


def _feelings(entries: list[Entry], steps: dict[UUID, tuple[Step, ...]]) -> list[Named]:
    counts: Counter[str] = Counter()
    for entry in entries:
        known = rules.facts(steps[entry.version_id], entry.answers).feelings
        own = rules.own_feelings(steps[entry.version_id], entry.answers)
        counts.update({str(feelings.label(code)) for code in known} | {w.casefold() for w in own})
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:MOST_FEELINGS]
    most = ranked[0][1] if ranked else 1
    return [Named(label, count, round(100 * count / most)) for label, count in ranked]


def _strengths(entries: list[Entry], steps: dict[UUID, tuple[Step, ...]]) -> Strengths | None:
    facts = [rules.facts(steps[entry.version_id], entry.answers) for entry in entries]
    pairs = [
        Practice(entry.local_date, done=True, before=fact.before, after=fact.after, feelings=())
        for entry, fact in zip(entries, facts, strict=True)
        if fact.before is not None and fact.after is not None
    ]
    if not pairs:
        return None
    means = progress([], pairs, min(p.day for p in pairs), max(p.day for p in pairs))
    before, after = means.before_mean or 0.0, means.after_mean or 0.0
    return Strengths(before, after, means.mean_change or 0.0, len(pairs))


def _quotes(entries: list[Entry], steps: dict[UUID, tuple[Step, ...]]) -> list[Quote]:
    quotes: list[Quote] = []
    for entry in entries:
        text = next(_words(entry, steps[entry.version_id]), "")
        if text:
            cut = len(text) > LONGEST_QUOTE
            quotes.append(Quote(entry, text[:LONGEST_QUOTE].rstrip() if cut else text, cut))
        if len(quotes) == MOST_QUOTES:
            break
    return quotes


def _words(entry: Entry, steps: tuple[Step, ...]) -> Iterator[str]:
    """What was written in full sentences: first what the exercise asks to share."""
    fields = [field for step in steps for field in step.fields if field.kind.is_text]
    for field in sorted(fields, key=lambda field: field.role is not Role.SHARE):
        answer = entry.answers.get(field.key)
        if isinstance(answer, str) and answer.strip():
            yield answer
