"""A worker's tick, as far as it concerns homework.

`run_due` asks every planner there is and looks for work in every channel, several times as dear:
`make test-services` has all of that at each tick.
"""

from __future__ import annotations

from counsel.reminders.dispatch import run_due, send_due
from counsel.reminders.models import Reminder
from exercises.planning import practice_plan
from tests.thorough import THOROUGH


def homework_tick(now):
    if THOROUGH:
        run_due(now)
        return
    practice_plan(now)
    send_what_is_due(now)


def send_what_is_due(now):
    if THOROUGH or Reminder.objects.filter(finished_at=None, try_at__lte=now).exists():
        send_due(now)
