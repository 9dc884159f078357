"""Restores a backup into an empty database, and opens it when all of it has been looked at."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from counsel.keys.keyring import wrong_keys
from counsel.records.backup.errors import BackupError
from counsel.records.backup.invariants import invariants_require
from counsel.records.backup.making import MEDIA
from counsel.records.backup.manifest import Manifest, manifest_read, rows_in
from counsel.records.backup.replaying import erasures_replay
from counsel.records.backup.stores import ask, store
from counsel.records.backup.sums import sums_require
from counsel.records.models import Tombstone
from counsel.records.tombstones import BrokenTombstones, tombstones_read


def backup_restore(folder: Path, *, samples: int) -> int:
    """Returns how many were erased from it again. Raises BackupError, and then opens nothing.

    `samples` values of each sealed column are opened, taken at random.
    """
    manifest = require_restorable(folder)
    tombstones = _tombstones(manifest)
    where = store()
    where.require_empty()
    media = Path(settings.MEDIA_ROOT) if settings.MEDIA_ROOT else None
    if media and media.is_dir() and any(media.iterdir()):
        raise BackupError(f"{media} is not empty.")
    with where.restoring(folder):
        _require_rows(manifest)
        call_command("migrate", verbosity=0, interactive=False)
        call_command("createcachetable", verbosity=0)
        erased = erasures_replay(tombstones)
        # Sessions that have been ended since would be open again: everybody signs in anew.
        UserSession.objects.all().delete()
        Session.objects.all().delete()
        invariants_require(manifest, tombstones, samples=samples)
        if media and (folder / MEDIA).is_dir():
            shutil.copytree(folder / MEDIA, media, dirs_exist_ok=True)
    return erased


def require_restorable(folder: Path) -> Manifest:
    """What can be known before anything is written. Raises BackupError."""
    sums_require(folder)
    manifest = manifest_read(folder)
    if manifest.database != connection.vendor:
        raise BackupError(
            f"The backup is of {manifest.database}, and DATABASE_URL is of {connection.vendor}."
        )
    _require_none(
        sorted(set(manifest.key_ids) - set(settings.CONTENT_KEYS)),
        "COUNSEL_CONTENT_KEYS is without keys that have sealed this backup: {}.",
    )
    _require_none(
        wrong_keys(manifest.canaries),
        "COUNSEL_CONTENT_KEYS has other keys under these names than this backup knows: {}.",
    )
    known = set(MigrationLoader(None).disk_migrations)
    _require_none(
        [".".join(row) for row in manifest.migrations if tuple(row) not in known],
        "The backup is of a newer Counsel than this one. Not known here: {}.",
    )
    return manifest


def _require_none(found: Iterable[str], words: str) -> None:
    if names := ", ".join(found):
        raise BackupError(words.format(names))


def _tombstones(manifest: Manifest) -> list[Tombstone]:
    """Raises BackupError where the file is not there, damaged, or of before the backup."""
    try:
        tombstones = tombstones_read()
    except BrokenTombstones as error:
        raise BackupError(
            f"{error}: without the list of who was erased an old backup would bring them back."
        ) from error
    if len(tombstones) < manifest.tombstones:
        raise BackupError(
            f"{settings.TOMBSTONES_FILE} names {len(tombstones)} who were erased, and the backup "
            f"{manifest.tombstones}: it is not the newest one, or another practice's."
        )
    return tombstones


def _require_rows(manifest: Manifest) -> None:
    found = rows_in(ask, list(manifest.rows))
    _require_none(
        [
            f"{name} has {found[name]} instead of {count}"
            for name, count in manifest.rows.items()
            if found[name] != count
        ],
        "Not all rows are there: {}.",
    )
