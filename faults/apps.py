"""A kind of reminder that needs no other app, for the processes that meet a fault."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.apps import AppConfig

from counsel.reminders.registry import (
    Message,
    Reach,
    ReminderKind,
    Role,
    register_kind,
    register_role,
)
from faults import pace

if TYPE_CHECKING:
    from counsel.reminders.models import Reminder

KIND, GUEST = "visit", "guest"
POISONED, HUGE = "poisoned", "huge"
HUGE_BYTES = 10 * 1024 * 1024


class FaultsConfig(AppConfig):
    name = "faults"
    label = "faults"

    def ready(self) -> None:
        from counsel.reminders import batch, checks, dispatch, patience, queues
        from counsel.reminders.carriers import sms

        own = pace.from_environ()
        dispatch.BATCH_SECONDS = own.batch
        dispatch.RUN_SECONDS = own.run
        checks.RUN_SECONDS = own.run  # type: ignore[attr-defined]
        batch.KEEP_SECONDS, patience.STATEMENT_SECONDS = own.keep, own.statement
        sms.SECONDS = own.mail_timeout
        queues.FIRST_HOLD = timedelta(seconds=own.first_hold)
        queues.LONGEST_HOLD = timedelta(seconds=own.longest_hold)
        register_kind(ReminderKind(KIND, "visit", lambda row, now: None, render, ("email", "sms")))
        register_role(GUEST, Role(reach))


def address(reminder: Reminder) -> str:
    """Of a guest, by the channel of the row."""
    number = reminder.person.removeprefix(f"{GUEST}:")
    # Numbers that Ofcom keeps for drama.
    return f"+447700900{number:0>3}" if reminder.channel == "sms" else f"guest{number}@example.org"


def reach(reminder: Reminder) -> Reach:
    return Reach(address(reminder), "en-gb", ZoneInfo("UTC"))


def render(reminder: Reminder, reach: Reach) -> Message:
    """Names the process that sends it, so that the one at the mail server can be killed."""
    body = f"pid={os.getpid()}\nwritten={datetime.now(UTC).isoformat()}\n"
    if reminder.occurrence == POISONED:
        raise ValueError("these words cannot be written")
    if reminder.occurrence == HUGE:
        line = "It is tomorrow. " * 4 + "\n"
        body += line * (HUGE_BYTES // len(line))
    return Message("Your appointment", body)
