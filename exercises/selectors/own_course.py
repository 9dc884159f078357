"""How things went, month by month, for the client's own eyes: all they kept, private or not.

Nothing here is held against a plan: there are days that were practised, and no others.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Avg, Count, Max, Min

from clients.models import Client
from exercises import feelings
from exercises.models import Entry, EntryQuerySet
from exercises.plans import ONE_DAY
from exercises.selectors.course import with_feelings, with_strengths
from exercises.selectors.kept import practised_days
from exercises.selectors.measures import OwnMeasure, own_measures
from sessions.selectors import meetings_between

# As much as one looks at on a phone; what is older is a step further back.
MONTHS = 6
MOST_FEELINGS = 12


@dataclass(frozen=True, slots=True)
class OwnDay:
    day: date
    practised: bool
    met: bool


@dataclass(frozen=True, slots=True)
class OwnMonth:
    """The days of a month, up to today."""

    first: date
    days: list[OwnDay]

    @property
    def is_over(self) -> bool:
        return not self.days or (self.days[-1].day + ONE_DAY).month != self.first.month

    @property
    def practised(self) -> list[date]:
        return [day.day for day in self.days if day.practised]

    @property
    def met(self) -> list[date]:
        return [day.day for day in self.days if day.met]


@dataclass(frozen=True, slots=True)
class OwnStrength:
    """Means over the `count` times of one exercise at which both were noted, 0 to 10."""

    title: str
    before: float
    after: float
    count: int


@dataclass(frozen=True, slots=True)
class OwnCourse:
    """Some months, newest first. `earlier` is the month to go on from, where there is more."""

    months: list[OwnMonth]
    earlier: date | None
    feelings: list[tuple[str, int]]
    strengths: list[OwnStrength]
    measures: list[OwnMeasure]


def own_course(client: Client, until: date, today: date) -> OwnCourse | None:
    """The months up to the one of `until`; None where nothing is kept yet.

    The same number of queries whatever was written.
    """
    kept = Entry.objects.submitted().filter(client=client)
    begun: date | None = kept.aggregate(day=Min("local_date"))["day"]
    if begun is None:
        return None
    last = min(_last_of_month(max(min(until, today), begun)), today)
    months = _months_back(last, begun)
    first = months[-1]
    within = kept.filter(local_date__gte=first, local_date__lte=last).order_by()
    span = (client, first, last)
    return OwnCourse(
        months=_marked(client, months, last),
        earlier=first - ONE_DAY if begun < first else None,
        feelings=_feelings(with_feelings(within, *span)),
        strengths=_strengths(with_strengths(within, *span)),
        measures=own_measures(client, first, last),
    )


def _months_back(day: date, begun: date) -> list[date]:
    """The first days of the months from the one of `day` back, as many as are shown at once."""
    months = [day.replace(day=1)]
    while len(months) < MONTHS and months[-1] > begun:
        months.append((months[-1] - ONE_DAY).replace(day=1))
    return months


def _last_of_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1) - ONE_DAY


def _marked(client: Client, months: list[date], last: date) -> list[OwnMonth]:
    practised = practised_days(client, months[-1], last)
    met = {day for day, is_held in meetings_between(client, months[-1], last) if is_held}
    return [OwnMonth(month, _days(month, last, practised, met)) for month in months]


def _days(month: date, last: date, practised: set[date], met: set[date]) -> list[OwnDay]:
    end = min(_last_of_month(month), last)
    days = (month + n * ONE_DAY for n in range((end - month).days + 1))
    return [OwnDay(day, day in practised, day in met) for day in days]


def _feelings(entries: EntryQuerySet) -> list[tuple[str, int]]:
    """Those of our list, and how many entries name each: most often first."""
    counted = entries.values_list("facts__label").annotate(n=Count("pk"))
    most = counted.order_by("-n", "facts__label")[:MOST_FEELINGS]
    return [(str(feelings.label(code)), count) for code, count in most]


def _strengths(entries: EntryQuerySet) -> list[OwnStrength]:
    rows = (
        entries.values_list("version__exercise")
        .annotate(
            title=Max("version__title"),
            before=Avg("said_before__number"),
            after=Avg("said_after__number"),
            n=Count("pk"),
        )
        .order_by("title")
    )
    return [
        OwnStrength(title, float(before), float(after), count)
        for _exercise, title, before, after, count in rows
    ]
