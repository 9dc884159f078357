from __future__ import annotations

from datetime import UTC

from django.apps import AppConfig

from counsel.reminders.registry import (
    Message,
    Reach,
    ReminderKind,
    Role,
    register_kind,
    register_role,
)


class KnocksConfig(AppConfig):
    name = "tests.reminders.knocks"
    label = "knocks"

    def ready(self):
        register_kind(ReminderKind("knock", "knock", lambda row, now: None, _render))
        register_role("visitor", Role(lambda row: Reach("anna@example.org", "en-gb", UTC)))


def _render(reminder, reach):
    return Message(f"Your appointment {reminder.subject}", "Hello\n")
