"""What adds up over a span of a client's days, counted by the database. For the counsellor.

Days of practice as `Entry.objects.told()` tells them; numbers, feelings and scores of what is
shared, and of nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db.models import Avg, Count, F, FilteredRelation, Min, Q
from django.db.models.functions import TruncMonth, TruncWeek

from clients.models import Client
from exercises.models import Assignment, Entry, EntryQuerySet, ScaleScore


@dataclass(slots=True)
class DaysTold:
    """The days on which one assignment was done, and how often it was said not to be a day."""

    done: set[date] = field(default_factory=set)
    could_not: dict[date, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Strength:
    """Means over the entries of one week that say how strong it was before and after."""

    before: float
    after: float
    count: int


@dataclass(frozen=True, slots=True)
class Helpful:
    """How helpful it was found on the whole, 0 to 4, by so many entries."""

    mean: float
    count: int


@dataclass(frozen=True, slots=True)
class Scaled:
    """One value of one scale on one day."""

    entry: UUID
    instrument: str
    scale: str
    day: date
    value: float


def first_day_told(client: Client) -> date | None:
    """The first day of the course of a client that the counsellor may know of."""
    told = Entry.objects.told().filter(client=client).aggregate(day=Min("local_date"))["day"]
    given = Assignment.objects.filter(client=client).aggregate(day=Min("starts_on"))["day"]
    return min((day for day in (told, given) if day is not None), default=None)


def days_told(client: Client, first: date, last: date) -> dict[UUID, DaysTold]:
    """By assignment. One row of the answer is a day, however much was done on it."""
    rows = (
        _within(Entry.objects.told(), client, first, last)
        .filter(assignment__isnull=False)
        .values_list("assignment", "outcome", "local_date")
        .annotate(times=Count("pk"))
    )
    found: dict[UUID, DaysTold] = {}
    for assignment, outcome, day, times in rows.iterator():
        days = found.setdefault(assignment, DaysTold())
        if outcome == Entry.Outcome.DONE:
            days.done.add(day)
        else:
            days.could_not[day] = times
    return found


def strengths_shared(client: Client, first: date, last: date) -> dict[UUID, dict[date, Strength]]:
    """By exercise and the Monday of a week, over the entries that have both numbers."""
    rows = (
        with_strengths(_within(Entry.objects.shared(), client, first, last), client, first, last)
        .values_list("version__exercise", TruncWeek("local_date"))
        .annotate(before=Avg("said_before__number"), after=Avg("said_after__number"), n=Count("pk"))
    )
    found: dict[UUID, dict[date, Strength]] = {}
    for exercise, monday, before, after, count in rows:
        found.setdefault(exercise, {})[monday] = Strength(float(before), float(after), count)
    return found


def helpful_shared(client: Client, first: date, last: date) -> dict[UUID, Helpful]:
    """By exercise."""
    rows = (
        _within(Entry.objects.shared(), client, first, last)
        .filter(helpful__isnull=False)
        .values_list("version__exercise")
        .annotate(mean=Avg("helpful"), n=Count("pk"))
    )
    return {exercise: Helpful(float(mean), count) for exercise, mean, count in rows}


def feelings_shared(client: Client, first: date, last: date) -> dict[date, dict[str, int]]:
    """By the first day of a month: how many entries name which feeling of our list."""
    rows = (
        with_feelings(_within(Entry.objects.shared(), client, first, last), client, first, last)
        .values_list(TruncMonth("local_date"), F("facts__label"))
        .annotate(n=Count("pk"))
    )
    found: dict[date, dict[str, int]] = {}
    for month, label, count in rows:
        found.setdefault(month, {})[label] = count
    return found


def scales_shared(client: Client, first: date, last: date) -> list[Scaled]:
    """Every score of the span in order, and before those the first ever of each scale."""
    values = ScaleScore.objects.filter(
        score__entry__in=Entry.objects.shared().filter(client=client)
    ).order_by()
    firsts = values.values("score__instrument", "scale").annotate(
        at=Min("score__entry__happened_at")
    )
    instants = {row["at"] for row in firsts}
    within = Q(score__entry__local_date__gte=first, score__entry__local_date__lte=last)
    rows = values.filter(within | Q(score__entry__happened_at__in=instants)).values_list(
        "score__entry", "score__instrument", "scale", "score__entry__local_date", "value"
    )
    ordered = rows.order_by("score__entry__happened_at", "score__entry__logged_at", "pk")
    return [
        Scaled(entry, instrument, scale, day, float(value))
        for entry, instrument, scale, day, value in ordered
    ]


def with_strengths(
    entries: EntryQuerySet, client: Client, first: date, last: date
) -> EntryQuerySet:
    """Those that say both how strong it was before (`said_before`) and after (`said_after`).

    Of one client's span, whose facts an index finds without their entries.
    """
    of_span = Q(facts__client=client, facts__day__gte=first, facts__day__lte=last)
    before, after = Q(facts__kind="before"), Q(facts__kind="after")
    found: EntryQuerySet = entries.annotate(
        said_before=FilteredRelation("facts", condition=before & of_span),
        said_after=FilteredRelation("facts", condition=after),
    ).filter(said_before__number__isnull=False, said_after__number__isnull=False)
    return found


def with_feelings(entries: EntryQuerySet, client: Client, first: date, last: date) -> EntryQuerySet:
    """Each as often as it names a feeling of our list (`facts__label`). As `with_strengths`."""
    found: EntryQuerySet = entries.filter(
        facts__kind="feeling",
        facts__client=client,
        facts__day__gte=first,
        facts__day__lte=last,
    )
    return found


def _within(entries: EntryQuerySet, client: Client, first: date, last: date) -> EntryQuerySet:
    return entries.filter(client=client, local_date__gte=first, local_date__lte=last).order_by()
