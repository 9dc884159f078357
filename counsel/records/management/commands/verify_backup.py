from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from counsel.records.backup.errors import BackupError
from counsel.records.backup.verifying import backup_verify
from counsel.records.management.commands.restore import SAMPLES


class Command(BaseCommand):
    help = "Restores a backup into a database that is thrown away. Anything but success is red."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--samples", type=int, default=SAMPLES)

    def handle(self, *args: Any, folder: Path, samples: int, **options: Any) -> None:
        try:
            said = backup_verify(folder, samples=samples)
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Verified. {said}")
