"""What the counsellor notes beside the course of things: a move, a loss, a new job.

The client does not see it in the portal; it is part of the record all the same.
"""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.models import Client
from counsel.accounts.models import Counsellor
from counsel.common.errors import ConflictError, DomainError
from counsel.common.zones import local_date
from exercises.models import ProgressEvent
from exercises.services.words import words_of

LONGEST = 200
# Nobody who is seen here remembers more; and a slip of the keys is no year.
EARLIEST = date(1900, 1, 1)


@transaction.atomic
def progress_event_add(
    *, client: Client, author: Counsellor, day: date, words: str
) -> ProgressEvent:
    """Raises DomainError for a day that is still to come or is none, and for missing words."""
    event = ProgressEvent(client=client, author=author, day=day)
    _write(event, day, words)
    event.save(force_insert=True)
    return event


@transaction.atomic
def progress_event_change(*, event: ProgressEvent, day: date, words: str) -> ProgressEvent:
    """Raises DomainError as adding does, ConflictError for one that was removed meanwhile."""
    row = _locked(event)
    _write(row, day, words)
    row.save(update_fields=["day", "words"])
    return row


@transaction.atomic
def progress_event_remove(*, event: ProgressEvent) -> None:
    """Raises ConflictError for one that was removed already."""
    _locked(event).delete()


def _locked(event: ProgressEvent) -> ProgressEvent:
    rows = ProgressEvent.objects.these(event).select_for_update(of=("self",))
    row: ProgressEvent | None = rows.select_related("client").first()
    if row is None:
        raise ConflictError(_("This event was removed meanwhile."))
    return row


def _write(event: ProgressEvent, day: date, words: str) -> None:
    if day > local_date(timezone.now(), event.client.zone):
        raise DomainError(_("That day is still to come."), field="day")
    if day < EARLIEST:
        raise DomainError(_("Choose a day from 1900 on."), field="day")
    kept = words_of("words", words)
    if not kept:
        raise DomainError(_("Say in a few words what happened."), field="words")
    if len(kept) > LONGEST:
        too_long = _("At most %(most)s characters, please.") % {"most": LONGEST}
        raise DomainError(too_long, field="words")
    event.day, event.words = day, kept
    event.full_clean()
