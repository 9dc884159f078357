"""What a row of the ledger would say, and to which address, whether it is still wanted or not."""

from __future__ import annotations

from counsel.reminders.registry import get_kind, role_of


def address_of(row):
    return role_of(row).reach(row).address


def message_of(row):
    return get_kind(row.kind).render(row, role_of(row).reach(row))
