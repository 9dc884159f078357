from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from sessions.services import calendars_read


class Command(BaseCommand):
    help = (
        "Reads the counsellors' own calendars that are due, without Celery: run it every minute "
        "from a timer."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        counts = calendars_read(timezone.now())
        self.stdout.write(
            f"read {counts.read}, unchanged {counts.unchanged}, failed {counts.failed}"
        )
