from __future__ import annotations

from typing import Any

from django.core.management.commands import migrate

from counsel.desk.migrating import saying_why, waiting_briefly


class Command(migrate.Command):
    """Django's own, for a practice that is open meanwhile."""

    def handle(self, *args: Any, **options: Any) -> None:
        with saying_why(), waiting_briefly():
            super().handle(*args, **options)
