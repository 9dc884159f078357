"""How things went over a span of weeks: the numbers of the page, and their places in its charts.

Of private practice only the day counts, as far as the client lets it; strengths, feelings,
helpfulness and scores are of what is shared. A fixed number of queries, whatever was written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from clients.models import Client
from counsel.common.zones import local_date
from counsel.desk.chart import (
    Column,
    Mark,
    Pair,
    Span,
    Tick,
    columns_of,
    events_of,
    meetings_of,
    pairs_of,
    ticks_of,
)
from counsel.desk.progress.measures import ScaleCourse, scale_courses
from exercises import feelings
from exercises.course import Week, weeks
from exercises.models import Assignment, ProgressEvent, Rhythm
from exercises.plans import ONE_DAY, Plan, monday_of
from exercises.selectors.course import (
    DaysTold,
    Helpful,
    Strength,
    days_told,
    feelings_shared,
    first_day_told,
    helpful_shared,
    scales_shared,
    strengths_shared,
)
from exercises.selectors.plans import plans_of
from exercises.selectors.told import days_done
from sessions.selectors import meetings_between

WEEKS = {"12": 12, "26": 26, "52": 52}
USUAL, ALL = "12", "all"
# Ten years: further back nobody looks week by week, and the page stays a page.
MOST_WEEKS = 520
MOST_FEELINGS = 6


@dataclass(frozen=True, slots=True)
class Row:
    """One week of one exercise. `could_not` counts how often it was said not to be a day."""

    week: Week
    could_not: int
    strength: Strength | None


@dataclass(frozen=True, slots=True)
class ExerciseCourse:
    """One exercise, however often it was assigned. Rows are the weeks with anything in them."""

    title: str
    done: int
    planned: int
    rows: list[Row]
    columns: tuple[Column, ...]
    pairs: tuple[Pair, ...]
    helpful: Helpful | None

    @property
    def has_partial_weeks(self) -> bool:
        return any(not row.week.is_whole for row in self.rows)


@dataclass(frozen=True, slots=True)
class Month:
    """The feelings most shared entries of a month name, and how many entries each."""

    first: date
    named: list[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Overview:
    """Days are the client's own, `today` included. `is_cut`: there is more before `first`.

    Events have the numbers they are marked by; `earlier_events` are not among them.
    """

    first: date
    today: date
    is_cut: bool
    exercises: list[ExerciseCourse]
    scales: list[ScaleCourse]
    months: list[Month]
    events: list[tuple[int, ProgressEvent]]
    earlier_events: int
    meetings: list[tuple[date, bool]]
    meeting_marks: tuple[Mark, ...]
    event_marks: tuple[Mark, ...]
    ticks: tuple[Tick, ...]

    @property
    def held(self) -> int:
        return sum(is_held for _day, is_held in self.meetings)

    @property
    def not_attended(self) -> int:
        return len(self.meetings) - self.held


def overview_of(client: Client, span: str, now: datetime) -> Overview:
    """`span` is a key of WEEKS, or ALL."""
    today = local_date(now, client.zone)
    first, is_cut = _first_day(client, span, today)
    # The week of today is drawn whole, so that its column has its place.
    drawn = Span(first, monday_of(today) + timedelta(days=6))
    meetings = meetings_between(client, first, today)
    noted = list(client.progress_events.all())
    # Of the whole course all are listed, also those from before it began.
    listed = noted if span == ALL else [event for event in noted if event.day >= first]
    events = list(enumerate(listed, start=1))
    return Overview(
        first=first,
        today=today,
        is_cut=is_cut,
        exercises=_exercises(client, drawn, today),
        scales=scale_courses(scales_shared(client, first, today), drawn),
        months=_months(feelings_shared(client, first, today)),
        events=events,
        earlier_events=len(noted) - len(listed),
        meetings=meetings,
        meeting_marks=meetings_of(meetings, drawn),
        event_marks=events_of(
            ((n, event.day) for n, event in events if first <= event.day <= drawn.last), drawn
        ),
        ticks=ticks_of(drawn),
    )


def _first_day(client: Client, span: str, today: date) -> tuple[date, bool]:
    """A Monday. And whether even the longest span leaves something out."""
    this_week = monday_of(today)
    if span != ALL:
        return this_week - timedelta(weeks=WEEKS[span] - 1), False
    told = first_day_told(client)
    earliest = this_week - timedelta(weeks=MOST_WEEKS - 1)
    if told is None or told > this_week:
        return this_week, False
    return max(monday_of(told), earliest), told < earliest


def _exercises(client: Client, span: Span, today: date) -> list[ExerciseCourse]:
    assignments = _assignments(client, span.first, today)
    plans = _plans(assignments, span.first, today)
    told = days_told(client, span.first, today)
    strengths = strengths_shared(client, span.first, today)
    helpful = helpful_shared(client, span.first, today)
    by_exercise: dict[UUID, list[Assignment]] = {}
    for assignment in assignments:
        by_exercise.setdefault(assignment.version.exercise_id, []).append(assignment)
    return [
        _exercise(
            given[-1].version.title,
            [plans[assignment.pk] for assignment in given],
            [told[assignment.pk] for assignment in given if assignment.pk in told],
            strengths.get(exercise, {}),
            helpful.get(exercise),
            span,
            today,
        )
        for exercise, given in by_exercise.items()
    ]


def _assignments(client: Client, first: date, today: date) -> list[Assignment]:
    rows = Assignment.objects.counted_between(first, today).filter(client=client)
    with_version = rows.select_related("client", "version").defer("rationale", "version__steps")
    return list(with_version.order_by("starts_on", "created_at", "pk"))


def _plans(assignments: Sequence[Assignment], first: date, today: date) -> dict[UUID, Plan]:
    """What is asked once counts when it was done, be it before the span."""
    plans = plans_of(assignments, first, today)
    done = days_done([one for one in assignments if one.rhythm == Rhythm.ONCE])
    return {pk: plan.done_on(done.get(pk, ())) for pk, plan in plans.items()}


def _exercise(
    title: str,
    plans: Sequence[Plan],
    told: Sequence[DaysTold],
    strengths: dict[date, Strength],
    helpful: Helpful | None,
    span: Span,
    today: date,
) -> ExerciseCourse:
    done = {day for days in told for day in days.done}
    # Today counts as planned once something was done: until then it is not over.
    last = today if today in done else today - ONE_DAY
    found = weeks(plans, done, span.first, last)
    could_not = _by_week(told)
    rows = [
        Row(week, could_not[week.monday], strengths.get(week.monday))
        for week in found
        if week.done or week.planned or could_not[week.monday] or week.monday in strengths
    ]
    pairs = [(row.week, row.strength.before, row.strength.after) for row in rows if row.strength]
    return ExerciseCourse(
        title=title,
        done=sum(week.done for week in found),
        planned=sum(week.planned for week in found),
        rows=rows,
        columns=columns_of(found, span),
        pairs=pairs_of(pairs, span),
        helpful=helpful,
    )


def _by_week(told: Iterable[DaysTold]) -> Counter[date]:
    counts: Counter[date] = Counter()
    for days in told:
        for day, times in days.could_not.items():
            counts[monday_of(day)] += times
    return counts


def _months(found: dict[date, dict[str, int]]) -> list[Month]:
    """Newest first."""
    return [
        Month(month, [(str(feelings.label(code)), count) for code, count in _most(named)])
        for month, named in sorted(found.items(), reverse=True)
    ]


def _most(named: dict[str, int]) -> list[tuple[str, int]]:
    return sorted(named.items(), key=lambda item: (-item[1], item[0]))[:MOST_FEELINGS]
