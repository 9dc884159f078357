from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from exercises.library import library_load


class Command(BaseCommand):
    help = "Load the built-in exercises; changed ones become new versions."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Library: {library_load()} new exercise versions")
