"""What a client has written and practised, for their own eyes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from clients.models import Client
from exercises.models import Entry, Reply


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


def week_of(day: date) -> tuple[date, date]:
    """The seven days that end with `day`."""
    return day - timedelta(days=6), day


def drafts(client: Client) -> list[Entry]:
    """What was begun and not finished, newest first."""
    return list(
        Entry.objects.filter(client=client, state=Entry.State.DRAFT)
        .select_related("version__exercise", "assignment")
        .order_by("-happened_at", "-pk")
    )


def answered_entries(client: Client) -> list[Entry]:
    """Entries with words of the counsellor's that the client has not opened yet."""
    unread = Reply.objects.filter(entry=OuterRef("pk"), read_at__isnull=True)
    return list(
        Entry.objects.submitted()
        .filter(Exists(unread), client=client)
        .select_related("version")
        .order_by("-happened_at", "-pk")
    )


@dataclass(frozen=True, slots=True)
class Wordings:
    """The wordings of one entry besides the one at hand: what was there before, what came after."""

    earlier: list[Entry]
    newer: Entry | None


def wordings_of(entry: Entry) -> Wordings:
    """How an entry read before it was changed, newest first, and what it was changed into."""
    changed = Entry.objects.filter(
        Q(corrects__isnull=False) | Q(corrected_by__isnull=False),
        client=entry.client_id,
        version=entry.version_id,
        state=Entry.State.SUBMITTED,
    ).only("corrects", "logged_at")
    by_id: dict[UUID, Entry] = {other.pk: other for other in changed}
    newer = next((other for other in by_id.values() if other.corrects_id == entry.pk), None)
    return Wordings(list(_before(entry, by_id)), newer)


def _before(entry: Entry, by_id: dict[UUID, Entry]) -> Iterator[Entry]:
    while entry.corrects_id is not None and entry.corrects_id in by_id:
        entry = by_id[entry.corrects_id]
        yield entry


def replies_to(entry: Entry, earlier: Iterable[Entry] = ()) -> list[Reply]:
    """The counsellor's words to it, and to how it read before, oldest first."""
    wordings = [entry.pk, *(other.pk for other in earlier)]
    return list(
        Reply.objects.filter(entry__in=wordings).select_related("author").order_by("created_at")
    )
