from __future__ import annotations

import os
import signal
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
    if reminder.subject == os.environ.get("KILL_WHILE_WRITING"):
        os.kill(os.getpid(), signal.SIGKILL)
    return Message(f"Your appointment {reminder.subject}", "Hello\n")
