"""Where clients stand, reckoned in bulk: which of them must be, and from what.

All of it from what the counsellor may know: told days, shared entries, flags. Of a private
"I couldn't" nothing is told, not even that it answered something.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Subquery, Sum, When
from django.db.models.functions import Coalesce

from clients.models import Client
from counsel.common.zones import get_zone, local_date
from exercises.missing import BEFORE_IT, LOOK_BACK
from exercises.models import Assignment, Entry, Rhythm, RiskFlag, Standing
from exercises.models.assignments import RHYTHM_FIELDS
from exercises.selectors.plans import plans_of
from exercises.selectors.told import days_done
from exercises.selectors.trends import Trend, trends_of
from exercises.standing import WITHOUT_CONSULTATION, Given, Reckoned, reckon
from sessions.models import Consultation, Status

# Consultations further back are in no turn that is counted.
_MEETINGS_BACK = LOOK_BACK + timedelta(weeks=4)
_COLUMNS = (
    *("client_id", *RHYTHM_FIELDS, "earlier", "starts_on", "ends_on"),
    *("status", "withdrawn_on", "smaller"),
)


@dataclass(frozen=True, slots=True)
class Stale:
    """A client whose standing is not true any more, and what it is to be reckoned for.

    `changes` is 0 where there is no row yet. The counted days, `first` to `today`, are the
    client's local ones.
    """

    client: Client
    changes: int
    since: datetime | None
    meetings: int
    first: date
    today: date

    @property
    def earliest(self) -> date:
        """The first day of which anything is read."""
        return min(self.first, self.today - LOOK_BACK) - BEFORE_IT


@dataclass(slots=True)
class Answers:
    """Of one assignment: its days, and those on which something smaller was asked for."""

    done: set[date] = field(default_factory=set)
    could_not: set[date] = field(default_factory=set)
    smaller: set[date] = field(default_factory=set)


def stale_standings(clients: QuerySet[Client], now: datetime) -> list[Stale]:
    """Those of these clients whose standing is to be reckoned anew, by id. One query.

    Where care has ended no day is counted any more: only what happens makes it stale, or that
    the client lets less, or more, be known. Compared here and not there: the database would
    read the standings of all clients there are for it.
    """
    rows: Any = clients.order_by("pk").annotate(
        found_since=Subquery(_held(now).values("ends_at")[:1]), found_meetings=_meetings(now)
    )
    own = ("time_zone", "found_since", "found_meetings", "shows_private_days")
    counts = ("changes", "reckoned_for")
    kept = ("shows_private_days", "time_zone", "since", "meetings", "day")
    columns = ("pk", "status", *own, *(f"standing__{name}" for name in (*counts, *kept)))
    stale = []
    for pk, status, zone, since, meetings, shows_days, *before in rows.values_list(*columns):
        today = local_date(now, get_zone(zone))
        changes = before[0] or 0
        facts = [changes, changes, shows_days]
        if status != Client.Status.ENDED:
            facts += [zone, since, meetings, today]
        if before[: len(facts)] == facts:
            continue
        client = Client(pk=pk, time_zone=zone, shows_private_days=shows_days)
        first = local_date(since or now - WITHOUT_CONSULTATION, client.zone)
        stale.append(Stale(client, changes, since, meetings, first, today))
    return stale


def standings_of(stale: Sequence[Stale]) -> list[Standing]:
    """Reckoned anew, not saved. A number of queries that does not depend on how many they are."""
    ids = [one.client.pk for one in stale]
    seen = {row["pk"]: row for row in _seen(stale)}
    assignments = _assignments(stale)
    answers = _answers(stale, assignments)
    given = _given(stale, assignments, answers)
    trends = trends_of(ids)
    return [
        Standing(
            **_reckoned_for(one),
            **_counted(reckon(given[one.client.pk], heard, one.first, one.today)),
            **_trend(trends.get(one.client.pk)),
            wants_smaller=_wants_smaller(one, assignments[one.client.pk], answers),
            practised_on=seen[one.client.pk]["practised_on"],
            unread=seen[one.client.pk]["unread"],
            flags=seen[one.client.pk]["flags"],
        )
        for one in stale
        for heard in [seen[one.client.pk]["heard"]]
    ]


def _held(now: datetime) -> QuerySet[Consultation]:
    held = Consultation.objects.filter(client=OuterRef("pk"), starts_at__lte=now)
    return held.filter(status=Status.COMPLETED).order_by("-starts_at")


def _meetings(now: datetime) -> Any:
    """Differs once a consultation is booked or changed, where a rhythm goes by them; else 0."""
    by_them = Q(rhythm=Rhythm.BEFORE_MEETING) | Q(earlier__icontains=Rhythm.BEFORE_MEETING)
    theirs = Assignment.objects.filter(by_them, client=OuterRef("pk"))
    near = Consultation.objects.filter(
        client=OuterRef("pk"), starts_at__date__gte=now.date() - _MEETINGS_BACK
    )
    versions = near.order_by().values("client").annotate(sum=Sum("version")).values("sum")
    return Coalesce(Case(When(Exists(theirs), then=Subquery(versions)), default=0), 0)


def _seen(stale: Sequence[Stale]) -> Any:
    theirs = Entry.objects.filter(client=OuterRef("pk")).order_by()
    done = Q(outcome=Entry.Outcome.DONE)
    told = theirs.told().order_by("-local_date").values("local_date")
    unread = theirs.unread().values("client").annotate(n=Count("pk")).values("n")
    flags = RiskFlag.objects.filter(client=OuterRef("pk"), closed_at=None).order_by()
    open_flags = flags.values("client").annotate(n=Count("pk")).values("n")
    return (
        Client.objects.these(*(one.client for one in stale))
        .order_by()
        .values("pk")
        .annotate(
            practised_on=Subquery(told.filter(done, assignment__isnull=False)[:1]),
            heard=Subquery(told[:1]),
            unread=Coalesce(Subquery(unread), 0),
            flags=Coalesce(Subquery(open_flags), 0),
        )
    )


def _assignments(stale: Sequence[Stale]) -> dict[UUID, list[Assignment]]:
    clients = {one.client.pk: one.client for one in stale}
    first, last = min(one.earliest for one in stale), max(one.today for one in stale)
    rows = Assignment.objects.counted_between(first, last).filter(client__in=clients)
    found: dict[UUID, list[Assignment]] = {pk: [] for pk in clients}
    for row in rows.only(*_COLUMNS).order_by("pk"):
        row.client = clients[row.client_id]
        found[row.client_id].append(row)
    return found


def _answers(
    stale: Sequence[Stale], assignments: Mapping[UUID, Sequence[Assignment]]
) -> dict[UUID, Answers]:
    """Of each assignment what is told since its client's first day of interest, and of what is
    asked once all days on which it was done.
    """
    answers: dict[UUID, Answers] = {
        row.pk: Answers() for rows in assignments.values() for row in rows
    }
    # Most had their last consultation lately: who had not must not make all be read from then on.
    lately = [one for one in stale if one.first >= one.today - LOOK_BACK]
    longer = [one for one in stale if one.first < one.today - LOOK_BACK]
    for group in (lately, longer):
        for assignment_id, day, outcome, smaller in _told(group) if group else ():
            if (own := answers.get(assignment_id)) is not None:
                (own.done if outcome == Entry.Outcome.DONE else own.could_not).add(day)
                if smaller:
                    own.smaller.add(day)
    once = [row for rows in assignments.values() for row in rows if row.rhythm == Rhythm.ONCE]
    for assignment_id, days in days_done(once).items() if once else ():
        answers[assignment_id].done |= days
    return answers


def _told(stale: Sequence[Stale]) -> Iterable[tuple[UUID, date, str, bool]]:
    rows = Entry.objects.told().filter(
        client__in=[one.client.pk for one in stale],
        assignment__isnull=False,
        local_date__gte=min(one.earliest for one in stale),
    )
    columns = ("assignment_id", "local_date", "outcome", "wants_smaller")
    return rows.order_by().values_list(*columns).iterator()


def _given(
    stale: Sequence[Stale],
    assignments: Mapping[UUID, Sequence[Assignment]],
    answers: Mapping[UUID, Answers],
) -> dict[UUID, list[Given]]:
    every = [row for rows in assignments.values() for row in rows]
    first, last = min(one.earliest for one in stale), max(one.today for one in stale)
    plans = plans_of(every, first, last)
    given = {}
    for one in stale:
        given[one.client.pk] = [
            Given(
                plan=plans[row.pk],
                done=frozenset(answers[row.pk].done),
                could_not=frozenset(answers[row.pk].could_not),
                is_open=_is_open(row, plans[row.pk].covers(one.today)),
            )
            for row in assignments[one.client.pk]
        ]
    return given


def _is_open(assignment: Assignment, covers_today: bool) -> bool:
    return assignment.status == Assignment.Status.ACTIVE and covers_today


def _wants_smaller(
    one: Stale, assignments: Sequence[Assignment], answers: Mapping[UUID, Answers]
) -> bool:
    """Asked for since the last held consultation, of what still asks for the whole."""
    return any(
        day >= one.first
        for row in assignments
        if not row.smaller
        and row.status == Assignment.Status.ACTIVE
        and not row.has_ended(one.today)
        for day in answers[row.pk].smaller
    )


def _reckoned_for(one: Stale) -> dict[str, Any]:
    return {
        "client_id": one.client.pk,
        "changes": one.changes,
        "reckoned_for": one.changes,
        "day": one.today,
        "since": one.since,
        "time_zone": one.client.time_zone,
        "shows_private_days": one.client.shows_private_days,
        "meetings": one.meetings,
    }


def _counted(reckoned: Reckoned) -> dict[str, Any]:
    return {
        "done": reckoned.done,
        "planned": reckoned.planned,
        "missed": reckoned.missed,
        "quiet_since": reckoned.quiet_since,
    }


def _trend(found: Trend | None) -> dict[str, str]:
    return {"trend": found.course.value, "trend_of": found.instrument} if found else {}
