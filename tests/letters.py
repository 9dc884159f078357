"""What a row of the ledger would say, and to which address, whether it is still wanted or not."""

from __future__ import annotations

from counsel.reminders.registry import role_of
from counsel.reminders.writing import message_for


def address_of(row):
    return role_of(row).reach(row).address


def message_of(row):
    return message_for(row, role_of(row).reach(row))
