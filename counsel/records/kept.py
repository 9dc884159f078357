"""What a client has kept, one entry after another, as it can be read without Counsel."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from uuid import UUID

from django.utils.translation import gettext as _

from clients.models import Client
from counsel.common.zones import local_date
from counsel.records.withholding import withheld_of
from exercises.answers import readable
from exercises.models import Entry, EntryQuerySet, ExerciseVersion, Reply
from exercises.steps import Step

# Entries held in memory at a time, however many there are.
_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Period:
    """The client's local dates, both included; an empty side is open."""

    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """Words of the counsellor's to an entry."""

    by: str
    on: date
    words: str


@dataclass(frozen=True, slots=True)
class Kept:
    """One entry. Times are by the client's own clock."""

    at: datetime
    day: date
    # Where it was written down on another day than it happened on.
    written_on: date | None
    title: str
    marks: list[str]
    asked: list[tuple[str, str]]
    answers: list[Answer]


def kept_by(client: Client, period: Period, *, drafts: bool) -> Iterator[Kept]:
    """What the client wrote, oldest first, as it reads now; the drafts too where wished for."""
    withheld = withheld_of(client)
    rows = iter(_rows(client, period, drafts=drafts).iterator(chunk_size=_AT_ONCE))
    steps: dict[tuple[UUID, bool], tuple[Step, ...]] = {}
    while chunk := list(islice(rows, _AT_ONCE)):
        versions = ExerciseVersion.objects.in_bulk({entry.version_id for entry in chunk})
        replies: dict[UUID, list[Reply]] = {}
        for reply in Reply.objects.filter(entry__in=chunk).select_related("author"):
            if reply not in withheld:
                replies.setdefault(reply.entry_id, []).append(reply)
        for entry in (it for it in chunk if it not in withheld):
            entry.version, entry.client = versions[entry.version_id], client
            form = (entry.version_id, entry.smaller)
            if form not in steps:
                steps[form] = entry.steps()
            yield _kept(entry, steps[form], replies.get(entry.pk, []))


def _rows(client: Client, period: Period, *, drafts: bool) -> EntryQuerySet:
    rows: EntryQuerySet = Entry.objects.not_replaced().filter(client=client)
    if not drafts:
        rows = rows.filter(state=Entry.State.SUBMITTED)
    if period.first is not None:
        rows = rows.filter(local_date__gte=period.first)
    if period.last is not None:
        rows = rows.filter(local_date__lte=period.last)
    return rows.order_by("happened_at", "pk")


def _kept(entry: Entry, steps: tuple[Step, ...], replies: list[Reply]) -> Kept:
    zone = entry.client.zone
    written = local_date(entry.logged_at, zone) if entry.logged_at else entry.local_date
    asked = readable(steps, entry.answers)
    if entry.outcome == Entry.Outcome.COULD_NOT:
        why = [entry.get_reason_display() if entry.reason else "", entry.because]
        asked.append((_("I couldn't, because…"), "\n".join(word for word in why if word)))
    return Kept(
        at=entry.happened_at.astimezone(zone),
        day=entry.local_date,
        written_on=written if written != entry.local_date else None,
        title=entry.version.title,
        marks=list(_marks(entry)),
        asked=asked,
        answers=[
            Answer(reply.author.display_name, local_date(reply.created_at, zone), reply.text)
            for reply in replies
        ],
    )


def _marks(entry: Entry) -> Iterator[str]:
    if entry.state == Entry.State.DRAFT:
        yield _("not finished")
    if entry.corrects_id is not None:
        yield _("changed")
    yield str(entry.get_sharing_display())
