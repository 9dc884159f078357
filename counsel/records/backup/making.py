"""Makes a backup: complete, or not there at all."""

from __future__ import annotations

import shutil
from pathlib import Path

from django.conf import settings

from counsel.records.backup.errors import BackupError
from counsel.records.backup.manifest import Manifest, manifest_write
from counsel.records.backup.stores import store
from counsel.records.backup.sums import sums_write
from counsel.records.tombstones import tombstones_write

MEDIA = "media"


def backup_make(folder: Path) -> Manifest:
    """Raises BackupError, and then leaves nothing behind that looks like a backup."""
    if folder.exists():
        raise BackupError(f"{folder} is there already: each backup has a folder of its own.")
    # Whoever restores it will have to know at least whom it does without.
    tombstones_write()
    unfinished = folder.with_name(f"{folder.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700, parents=True)
    manifest = store().dump(unfinished)
    if settings.MEDIA_ROOT and Path(settings.MEDIA_ROOT).is_dir():
        shutil.copytree(settings.MEDIA_ROOT, unfinished / MEDIA)
    manifest_write(manifest, unfinished)
    sums_write(unfinished)
    unfinished.rename(folder)
    return manifest
