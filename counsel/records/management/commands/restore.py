from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from counsel.records.backup.errors import BackupError
from counsel.records.backup.restoring import backup_restore

SAMPLES = 50


class Command(BaseCommand):
    help = (
        "Restores a backup into an empty database, erases whoever was erased since, looks at all "
        "of it, and only then opens it."
    )
    # There is no database yet that could be checked.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument(
            "--samples", type=int, default=SAMPLES, help="sealed values opened in each column"
        )

    def handle(self, *args: Any, folder: Path, samples: int, **options: Any) -> None:
        try:
            erased = backup_restore(folder, samples=samples)
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{folder}: restored; {erased} erased since are erased again.")
