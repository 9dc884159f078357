"""Which reminders go before a consultation: one for each lead and channel that is wanted."""

from __future__ import annotations

from clients.models import Client
from counsel.accounts.practice import Practice
from counsel.common.offsets import in_order


def offsets_of(client: Client, practice: Practice) -> list[int]:
    """Minutes before the start, the earliest first: the client's own, else the practice's."""
    chosen = client.reminder_offsets
    return in_order(practice.reminder_offsets if chosen is None else chosen)
