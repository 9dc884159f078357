"""Going back through what a client has kept: page by page, by month, by kind or exercise.

A page starts at an entry, not at a number: no page needs the rows before it, or their count.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time, timedelta
from itertools import islice
from uuid import UUID

from django.db.models import Exists, Max, Min, OuterRef, Q

from clients.models import Client
from counsel.common.zones import first_instant
from exercises.models import Entry, EntryQuerySet, ExerciseVersion, Reply

ROWS = 20
# Further back than anybody writes; and so that a wrong date makes no endless list of months.
_MOST_MONTHS = 12 * 30


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody would like to see of the timeline; empty is all of it."""

    kind: str = ""
    exercise: UUID | None = None
    could_not: bool = False
    # Its last day is where the list begins.
    month: date | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """A place in the list: the rows on the older, or the newer, side of this entry."""

    entry: Entry
    is_back: bool


@dataclass(frozen=True, slots=True)
class Page:
    """Newest first. `older` and `newer` say whether there may be more on that side."""

    rows: list[Entry]
    older: bool
    newer: bool


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


def place_of(client: Client, entry_id: UUID | None) -> Entry | None:
    """Where a page turns: an entry of the client's own, or nowhere."""
    if entry_id is None:
        return None
    found: Entry | None = (
        Entry.objects.filter(client=client, pk=entry_id).only("happened_at").first()
    )
    return found


def page_of(client: Client, rows: EntryQuerySet, wish: Wish, turn: Turn | None) -> Page:
    """Some rows of `timeline(client)`, from the newest, from a month, or on from a place."""
    rows = _wished(rows, wish)
    if turn is None:
        found = list(_from_month(rows, wish.month, client)[: ROWS + 1])
        return Page(found[:ROWS], older=len(found) > ROWS, newer=wish.month is not None)
    if turn.is_back:
        found = list(rows.filter(_before(turn.entry))[: ROWS + 1])
        return Page(found[:ROWS], older=len(found) > ROWS, newer=True)
    later = rows.filter(_after(turn.entry)).order_by("happened_at", "pk")
    found = list(later[: ROWS + 1])
    return Page(found[:ROWS][::-1], older=True, newer=len(found) > ROWS)


def exercises_kept(client: Client) -> list[ExerciseVersion]:
    """One version of each exercise the client has kept something of: the latest of those."""
    used = Entry.objects.filter(client=client).order_by().values("version")
    versions = (
        ExerciseVersion.objects.filter(pk__in=used)
        .select_related("exercise")
        .only("title", "number", "exercise__kind")
        .order_by("number")
    )
    latest = {version.exercise_id: version for version in versions}
    return sorted(latest.values(), key=lambda version: version.title.casefold())


def months_kept(client: Client) -> list[date]:
    """The first days of the months from the newest entry's back to the oldest's."""
    span = Entry.objects.filter(client=client, state=Entry.State.SUBMITTED).aggregate(
        first=Min("local_date"), last=Max("local_date")
    )
    if span["first"] is None:
        return []
    return list(islice(_months(span["first"], span["last"]), _MOST_MONTHS))


def _months(first: date, last: date) -> Iterable[date]:
    month = last.replace(day=1)
    while month >= first.replace(day=1):
        yield month
        month = (month - timedelta(days=1)).replace(day=1)


def _wished(rows: EntryQuerySet, wish: Wish) -> EntryQuerySet:
    if wish.kind:
        rows = rows.filter(version__exercise__kind=wish.kind)
    if wish.exercise is not None:
        rows = rows.filter(version__exercise=wish.exercise)
    if wish.could_not:
        rows = rows.filter(outcome=Entry.Outcome.COULD_NOT)
    return rows


def _from_month(rows: EntryQuerySet, month: date | None, client: Client) -> EntryQuerySet:
    if month is None:
        return rows
    next_month = (month + timedelta(days=31)).replace(day=1)
    return rows.filter(happened_at__lt=first_instant(next_month, time(), client.zone))


def _before(entry: Entry) -> Q:
    same = Q(happened_at=entry.happened_at, pk__lt=entry.pk)
    return Q(happened_at__lte=entry.happened_at) & (Q(happened_at__lt=entry.happened_at) | same)


def _after(entry: Entry) -> Q:
    same = Q(happened_at=entry.happened_at, pk__gt=entry.pk)
    return Q(happened_at__gte=entry.happened_at) & (Q(happened_at__gt=entry.happened_at) | same)
