from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from counsel.records.backup.errors import BackupError
from counsel.records.backup.making import backup_make


class Command(BaseCommand):
    help = "Writes a backup into a new folder, while Counsel goes on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        try:
            manifest = backup_make(folder)
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{folder}: {sum(manifest.rows.values())} rows. To be read with the content keys "
            f"{', '.join(manifest.key_ids) or '(none)'}: they are not in it."
        )
