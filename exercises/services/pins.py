"""Pinning shared words to the brief, and taking them off."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from clients.models import Client
from counsel.common.errors import ConflictError, DomainError
from exercises.models import MOST_PINS, Entry, PinnedQuote
from exercises.quoting import quotable
from exercises.selectors.pins import pins_in_sight


@transaction.atomic
def quote_pin(*, entry: Entry, field: str) -> PinnedQuote:
    """Keep the words of that answer in sight; pinning them again changes nothing.

    Raises ConflictError where the client has taken the entry back, DomainError where the answer
    has no words or three are pinned already. A pin on what is no longer shared gives way.
    """
    # All pins of a client are set and taken off in turn: there are three places.
    Client.objects.these(entry.client).select_for_update(no_key=True).get()
    if not Entry.objects.these(entry).shared().exists():
        raise ConflictError(_("The client has taken this entry back. It is private now."))
    if field not in {asked.key for asked, _text in quotable(entry.steps(), entry.answers)}:
        raise DomainError(_("There are no words to pin here."))
    standing = pins_in_sight(entry.client)
    for pin in standing:
        if (pin.entry_id, pin.field) == (entry.pk, field):
            return pin
    free = next((n for n in range(1, MOST_PINS + 1) if n not in {p.place for p in standing}), None)
    if free is None:
        raise DomainError(_("Three are pinned already. Take one of them off first."))
    PinnedQuote.objects.filter(client=entry.client_id, place=free).delete()
    return PinnedQuote.objects.create(
        client_id=entry.client_id, entry=entry, field=field, place=free
    )


def quote_unpin(*, entry: Entry, field: str) -> None:
    """Take it off; one that is off already stays so."""
    PinnedQuote.objects.filter(entry=entry, field=field).delete()
