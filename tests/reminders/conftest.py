from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from counsel.reminders import registry
from counsel.reminders.registry import Message, Reach, ReminderKind, Role
from counsel.reminders.services import reminder_plan
from tests.factories import make_counsellor
from tests.reminders.sink import Sink

NOW = datetime(2030, 1, 6, 10, tzinfo=UTC)


def ended(row):
    row.refresh_from_db()
    return row.state, row.reason


class Knock:
    """A kind for tests, that a test can turn against the dispatcher."""

    key = "knock"

    def __init__(self):
        self.skip = None
        self.until = None
        self.error = None
        self.message = Message("Your appointment", "It is tomorrow.\n")
        self.reach = Reach("anna@example.org", "en-gb", UTC)
        self.refused = []

    def still_wanted(self, reminder, now):
        return self.skip

    def render(self, reminder, reach):
        if self.error:
            raise self.error
        return self.message


@pytest.fixture
def knock(monkeypatch):
    kind = Knock()
    entry = ReminderKind(
        kind.key,
        "knock",
        kind.still_wanted,
        lambda row, reach: kind.render(row, reach),
        waits_until=lambda row, now: kind.until,
    )
    monkeypatch.setitem(registry._kinds, kind.key, entry)
    role = Role(lambda row: kind.reach, lambda row, address: kind.refused.append(address))
    monkeypatch.setitem(registry._roles, "visitor", role)
    monkeypatch.setattr(registry, "_planners", [])
    return kind


@pytest.fixture
def plan(knock, db):
    """Plans one reminder that is due now; each call about something else."""
    counsellor = make_counsellor()

    def plan(number=0, **fields):
        now = timezone.now()
        fields = {"due_at": now, "not_after": now + timedelta(hours=12), **fields}
        fields = {"subject": f"consultation:{number}", "person": "visitor:1", **fields}
        return reminder_plan(**{"counsellor": counsellor, "kind": knock.key, **fields})

    return plan


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def sink(settings):
    with Sink() as sink:
        settings.EMAIL_BACKEND = "counsel.reminders.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
        settings.EMAIL_TIMEOUT = 1
        yield sink
