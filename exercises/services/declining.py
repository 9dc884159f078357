"""Saying that it wasn't a day for it, and saying that anew."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from counsel.common.zones import local_date
from exercises.models import Assignment, Entry
from exercises.planning import practice_plan
from exercises.services.correcting import entry_correct, take_the_place
from exercises.services.measures import sharing_allowed
from exercises.services.nudging import nudges_followed
from exercises.services.practising import refuse_closed
from exercises.services.standing import standing_touch
from exercises.services.words import words_of


@transaction.atomic
def entry_could_not(
    *,
    assignment: Assignment,
    because: str,
    sharing: str,
    reason: str = "",
    wants_smaller: bool = False,
) -> Entry:
    """Say that it wasn't a day for it. As good an answer as any other.

    The same said twice on one day, as a double click sends it, is one entry.
    Raises DomainError for words that cannot be kept, or an assignment that is not open today.
    """
    client, now = assignment.client, timezone.now()
    today = local_date(now, client.zone)
    because, sharing = words_of("because", because), sharing_allowed(client, sharing)
    # Held until commit, so that of two equal requests the second finds the first.
    Assignment.objects.these(assignment).select_for_update().get()
    refuse_closed(assignment, today)
    said = Entry.objects.submitted().filter(
        assignment=assignment, outcome=Entry.Outcome.COULD_NOT, local_date=today
    )
    same = said.filter(reason=reason, wants_smaller=wants_smaller, sharing=sharing)
    earlier: Entry
    for earlier in same:
        if earlier.because == because:
            return earlier
    entry = Entry(
        client=client,
        version=assignment.version,
        assignment=assignment,
        state=Entry.State.SUBMITTED,
        outcome=Entry.Outcome.COULD_NOT,
        happened_at=now,
        logged_at=now,
        local_date=today,
        reason=reason,
        wants_smaller=wants_smaller,
        because=because,
        sharing=sharing,
    )
    entry.full_clean()
    entry.save(force_insert=True)
    nudges_followed(entry=entry, now=now)
    standing_touch(client_id=client.pk)
    practice_plan(now, client=client)
    return entry


@transaction.atomic
def could_not_correct(
    *, entry: Entry, because: str, sharing: str, reason: str = "", wants_smaller: bool = False
) -> Entry:
    """Say anew why it wasn't a day for it; takes the place of what was said before.

    Raises DomainError for words that cannot be kept, ConflictError where it was replaced already.
    """
    because = words_of("because", because)
    said = entry_correct(entry=entry)
    said.state = Entry.State.SUBMITTED
    said.logged_at = timezone.now()
    said.because, said.reason, said.wants_smaller = because, reason, wants_smaller
    said.sharing = sharing_allowed(said.client, sharing)
    said.full_clean()
    said.save()
    take_the_place(of=entry, by=said)
    nudges_followed(entry=said, now=said.logged_at)
    standing_touch(client_id=said.client_id)
    practice_plan(said.logged_at, client=said.client)
    return said
