from __future__ import annotations

import os
import signal

from django.apps import AppConfig

from counsel.reminders.registry import Message, ReminderKind, register_kind


class KnocksConfig(AppConfig):
    name = "tests.reminders.knocks"
    label = "knocks"

    def ready(self):
        register_kind(ReminderKind("knock", "knock", lambda row, now: None, _render))


def _render(reminder):
    if reminder.subject == os.environ.get("KILL_WHILE_WRITING"):
        os.kill(os.getpid(), signal.SIGKILL)
    return Message("anna@example.org", f"Your appointment {reminder.subject}", "Hello\n")
