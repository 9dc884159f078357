from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from exercises.services.measures import scores_renew


class Command(BaseCommand):
    help = "Score again, from the answers, what was scored by facts that have changed since."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Scores: {scores_renew()} renewed")
