from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from counsel.common import stopping
from counsel.reminders.dispatch import run_due


class Command(BaseCommand):
    help = "Sends the reminders that are due, without Celery: run it every minute from a timer."

    def handle(self, *args: Any, **options: Any) -> None:
        with stopping.listening():
            counts = run_due()
        self.stdout.write(
            f"sent {counts.sent}, skipped {counts.skipped}, later {counts.later}, "
            f"uncertain {counts.uncertain}, failed {counts.failed}"
        )
        if counts.stopped:
            raise CommandError("A channel cannot be used: what goes by it waits.")
