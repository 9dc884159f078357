"""What was planned in some weeks, and on how many days it was done, client by client.

By the rules of `exercises.plans` and `exercises.progress`, and by what counsellors may be told:
a day a client keeps to themselves is not in it. The database counts the days; of assignments only
those that asked for something in these weeks are read. At most six queries for any span.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from statistics import median
from uuid import UUID

from django.db.models import Count
from django.db.models.functions import TruncWeek

from counsel.desk.practice.planned import planned_by_week
from counsel.desk.practice.spans import Span
from exercises.models import Assignment, Entry, EntryQuerySet, Rhythm
from exercises.plans import Plan, monday_of
from exercises.selectors.plans import plans_of
from exercises.selectors.told import days_done

_WHY = "numbers of the practice, without content"
# What a plan is made from: nothing that anybody wrote is read.
_READ = (
    *("rhythm", "times_a_week", "weekdays", "every_weeks", "earlier"),
    *("starts_on", "ends_on", "status", "withdrawn_on"),
    *("client__counsellor_id", "client__time_zone"),
)


@dataclass(slots=True)
class Kept:
    """One client: days planned, and done of them; the weeks (by their Monday) in which something
    was planned; and on how many days of a week anything assigned was done.
    """

    planned: int = 0
    done: int = 0
    asked: set[date] = field(default_factory=set)
    days: dict[date, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rhythms:
    """Several clients. `lately` were asked for something in the last of the weeks."""

    clients: int
    planned: int
    done: int
    lately: int
    practised_lately: int
    # Of all weeks of all clients in which something was planned; None where there is none.
    median_days: float | None


def kept_in(weeks: Span) -> dict[UUID, list[Kept]]:
    """Those something was planned for, by the counsellor they are with now."""
    rows = Assignment.objects.across_caseloads(_WHY).unrestricted()
    rows = rows.counted_between(weeks.first, weeks.last)
    assignments = list(rows.select_related("client").only(*_READ).order_by())
    plans = _plans(assignments, weeks)
    done = dict(_done(weeks).values_list("assignment_id").annotate(_days()))
    in_turn, kept = tuple(weeks.weeks()), dict[UUID, Kept]()
    for assignment in assignments:
        planned = planned_by_week(plans[assignment.pk], in_turn)
        one = kept.setdefault(assignment.client_id, Kept())
        one.planned += sum(planned.values())
        # As in the brief: one exercise done more often than planned makes up for no other.
        one.done += min(done.get(assignment.pk, 0), sum(planned.values()))
        one.asked |= planned.keys()
    week = _done(weeks).annotate(week=TruncWeek("local_date")).values_list("client_id", "week")
    for client_id, monday, days in week.annotate(_days()):
        if client_id in kept:
            kept[client_id].days[monday] = days
    counsellors = {a.client_id: a.client.counsellor_id for a in assignments}
    found: dict[UUID, list[Kept]] = {}
    for client_id, one in kept.items():
        if one.planned:
            found.setdefault(counsellors[client_id], []).append(one)
    return found


def rhythms_of(clients: Collection[Kept], weeks: Span) -> Rhythms:
    lately = [one for one in clients if monday_of(weeks.last) in one.asked]
    days = [one.days.get(week, 0) for one in clients for week in one.asked]
    return Rhythms(
        clients=len(clients),
        planned=sum(one.planned for one in clients),
        done=sum(one.done for one in clients),
        lately=len(lately),
        practised_lately=sum(monday_of(weeks.last) in one.days for one in lately),
        median_days=float(median(days)) if days else None,
    )


def _plans(assignments: list[Assignment], weeks: Span) -> dict[UUID, Plan]:
    """What is asked once counts when it was done, as in the brief."""
    plans = plans_of(assignments, weeks.first, weeks.last)
    once = [assignment for assignment in assignments if assignment.rhythm == Rhythm.ONCE]
    done = days_done(once) if once else {}
    return {pk: plan.done_on(done.get(pk, ())) for pk, plan in plans.items()}


def _done(weeks: Span) -> EntryQuerySet:
    told: EntryQuerySet = Entry.objects.across_caseloads(_WHY).unrestricted().told()
    rows: EntryQuerySet = told.filter(
        assignment__isnull=False,
        outcome=Entry.Outcome.DONE,
        local_date__gte=weeks.first,
        local_date__lte=weeks.last,
    )
    return rows.order_by()


def _days() -> Count:
    return Count("local_date", distinct=True)
