"""Whom a row of the ledger is for, with the names the ledger itself does not hold."""

from __future__ import annotations

import uuid

from clients.models import Client
from clients.reach import CLIENT
from counsel.accounts.roles import AnyUser
from counsel.reminders.models import Reminder

# Whom a row may be for who is in no caseload yet: they have given an address, and no more.
NOT_YET_CLIENTS = frozenset({"hold", "waiting"})


def client_id_of(reminder: Reminder) -> uuid.UUID | None:
    """Which client it is to; None where it is to anybody else."""
    role, _colon, key = reminder.person.partition(":")
    try:
        return uuid.UUID(key) if role == CLIENT else None
    except ValueError:
        return None


def is_not_yet_client(reminder: Reminder) -> bool:
    return reminder.person.partition(":")[0] in NOT_YET_CLIENTS


def client_of(user: AnyUser, reminder: Reminder) -> Client | None:
    """The client it is to, where they are in the reader's caseload. At most one query."""
    key = client_id_of(reminder)
    if key is None:
        return None
    found: Client | None = Client.objects.visible_to(user).filter(pk=key).first()
    return found
