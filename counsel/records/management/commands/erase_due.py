from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from counsel.records.cleaning import clean_up


class Command(BaseCommand):
    help = "Erases the records whose time has come, without Celery: run it once a day."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"erased {clean_up()}")
