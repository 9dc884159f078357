from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from counsel.readiness import look


class Command(BaseCommand):
    help = "Says of each part whether it works, and ends with 1 where one does not."
    # It says itself what is wrong with the keys.
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        found = look()
        for name, wrong in found.items():
            self.stdout.write(f"{name:12}{wrong or 'ok'}")
        if any(found.values()):
            raise CommandError("not ready")
