"""What a backup says of itself: enough to know early whether it can be restored here."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import django
from django.apps import apps
from django.db import connection
from django.utils import timezone

from counsel.common.fields import EncryptedField
from counsel.records.backup.errors import BackupError

NAME = "manifest.json"
FORMAT = "counsel-backup/1"

# Asks the database that was copied, at the instant of the copy.
Ask = Callable[[str], Sequence[Sequence[Any]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """Holds ids of keys, never a key, and no content."""

    format: str
    made_at: str
    django: str
    database: str
    server: str
    migrations: list[list[str]]
    rows: dict[str, int]
    key_ids: list[str]
    # A word sealed with each key that the database knows: it tells another key of that name.
    canaries: dict[str, str]
    # Sequence and hash of the newest access event; empty where there is none.
    audit_head: list[Any]
    tombstones: int


def manifest_of(ask: Ask, tables: Sequence[str]) -> Manifest:
    return Manifest(
        format=FORMAT,
        made_at=timezone.now().isoformat(),
        django=django.get_version(),
        database=connection.vendor,
        server=str(ask(_VERSION[connection.vendor])[0][0]),
        migrations=[list(row) for row in ask(_MIGRATIONS)],
        rows=rows_in(ask, tables),
        key_ids=sorted(_key_ids(ask)),
        canaries={row[0]: row[1] for row in ask(_CANARIES)},
        audit_head=[*next(iter(ask(_AUDIT_HEAD)), [])],
        tombstones=ask("SELECT count(*) FROM records_tombstone")[0][0],
    )


def rows_in(ask: Ask, tables: Sequence[str]) -> dict[str, int]:
    quoted = connection.ops.quote_name
    # The names come from the database itself.
    return {name: ask(f"SELECT count(*) FROM {quoted(name)}")[0][0] for name in sorted(tables)}  # noqa: S608


def manifest_write(manifest: Manifest, folder: Path) -> None:
    text = json.dumps(asdict(manifest), indent=1, ensure_ascii=False)
    (folder / NAME).write_text(text + "\n", encoding="utf-8")


def manifest_read(folder: Path) -> Manifest:
    try:
        values = json.loads((folder / NAME).read_text(encoding="utf-8"))
        manifest = Manifest(**values)
    except (OSError, TypeError, ValueError) as error:
        raise BackupError(f"{NAME} of {folder} cannot be read.") from error
    if manifest.format != FORMAT:
        raise BackupError(f"The backup has the form {manifest.format}, and this reads {FORMAT}.")
    return manifest


_VERSION = {"sqlite": "SELECT sqlite_version()", "postgresql": "SHOW server_version"}
_MIGRATIONS = "SELECT app, name FROM django_migrations ORDER BY id"
_AUDIT_HEAD = "SELECT sequence, hash FROM audit_accessevent ORDER BY sequence DESC LIMIT 1"
_CANARIES = "SELECT key_id, canary FROM keys_contentkey ORDER BY key_id"
# Of `v1:<key id>:<the rest>`.
_KEY_ID = {
    "sqlite": "substr({0}, 4, instr(substr({0}, 4), ':') - 1)",
    "postgresql": "split_part({0}, ':', 2)",
}


def _key_ids(ask: Ask) -> set[str]:
    """Those that have sealed something in it: without all of them it cannot be read."""
    quoted = connection.ops.quote_name
    found: set[str] = set()
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, EncryptedField):
                column = quoted(str(field.column))
                key_id = _KEY_ID[connection.vendor].format(column)
                table = quoted(model._meta.db_table)
                rows = ask(
                    f"SELECT DISTINCT {key_id} FROM {table} WHERE {column} <> ''"  # noqa: S608
                )
                found |= {row[0] for row in rows}
    return found
