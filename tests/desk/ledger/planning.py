"""Rows of the ledger about one client, as the tests of its pages need them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from counsel.reminders.models import Reminder
from counsel.reminders.services import reminder_plan
from sessions.services import consultation_book
from tests.factories import make_service

NOW = datetime(2030, 1, 3, 9, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LIST = "/admin/reminders/reminder/"


def plan(client, kind="consultation_reminder", **fields):
    """One about nothing that is there, in any state."""
    state = fields.pop("state", "queued")
    fields = {"due_at": NOW, "not_after": NOW + DAY, "occurrence": "", **fields}
    settled = {name: fields.pop(name) for name in ("reason", "channel") if name in fields}
    row = reminder_plan(
        counsellor=client.counsellor,
        kind=kind,
        subject=f"consultation:{client.pk}",
        person=f"client:{client.pk}",
        **fields,
    )
    if state != "queued":
        settled["finished_at"] = None if state == "claimed" else row.due_at
        settled["lease_until"] = NOW if state == "claimed" else None
    Reminder.objects.filter(pk=row.pk).update(state=state, **settled)
    row.refresh_from_db()
    return row


def book(client, starts_at=NOW + 4 * DAY):
    """A consultation, with the messages it brings about."""
    service = make_service(counsellor=client.counsellor)
    return consultation_book(service=service, client=client, starts_at=starts_at)


def message_at(row, page="message"):
    return f"{LIST}{row.pk}/{page}/"
