"""Words a counsellor keeps in sight."""

from __future__ import annotations

from clients.models import Client
from exercises.models import Entry, PinnedQuote


def pins_in_sight(client: Client) -> list[PinnedQuote]:
    """Those the client shares now and has not changed since, by place. One query."""
    shared = Entry.objects.shared().filter(client=client, pins__isnull=False)
    rows = PinnedQuote.objects.filter(client=client, entry__in=shared)
    return list(rows.select_related("entry__version__exercise").order_by("place"))
