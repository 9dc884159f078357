"""The ledger of reminders at the desk: its lists, what each message says, and sending it again."""

from __future__ import annotations
