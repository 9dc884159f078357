"""What a client has written and practised, for their own eyes."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Exists, OuterRef

from clients.models import Client
from exercises.models import Entry, EntryQuerySet, Reply


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


def drafts(client: Client) -> list[Entry]:
    """What was begun and not finished, newest first."""
    return list(
        Entry.objects.filter(client=client, state=Entry.State.DRAFT)
        .select_related("version__exercise", "assignment")
        .order_by("-happened_at")
    )


def answered_entries(client: Client) -> list[Entry]:
    """Entries with words of the counsellor's that the client has not opened yet."""
    unread = Reply.objects.filter(entry=OuterRef("pk"), read_at__isnull=True)
    return list(
        Entry.objects.submitted()
        .filter(Exists(unread), client=client)
        .select_related("version")
        .order_by("-happened_at")
    )


def replies_to(entry: Entry) -> list[Reply]:
    return list(entry.replies.select_related("author").order_by("created_at"))
