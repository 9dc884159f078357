from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from clients.services import consent_documents_load
from exercises.library import library_load


class Command(BaseCommand):
    help = "Load the built-in exercises and consent texts; changed ones become new versions."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Library: {library_load()} new exercise versions")
        self.stdout.write(f"Consent texts: {consent_documents_load()} new")
