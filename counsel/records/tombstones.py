"""The file of those who were erased, kept apart from the database and its backups.

One line of JSON for each, only ever added to. A backup that is older than an erasure learns of it
from here (`counsel.records.backup`). The database has the same lines: what a crash kept from the
file is added by the next run.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from django.conf import settings

from counsel.records.models import Rule, Tombstone

_FIELDS = ("client_id", "counsellor_id", "erased_at", "rule")


class BrokenTombstones(Exception):
    """The file cannot be trusted; the message says why, and names nobody."""


def entombed(
    client_id: uuid.UUID, counsellor_id: uuid.UUID, erased_at: datetime, rule: Rule | str
) -> Tombstone:
    """Not saved yet."""
    tombstone = Tombstone(
        client_id=client_id, counsellor_id=counsellor_id, erased_at=erased_at, rule=str(rule)
    )
    tombstone.hash = _hash(tombstone)
    return tombstone


def tombstones_file() -> Path:
    return Path(settings.TOMBSTONES_FILE)


def tombstones_write() -> int:
    """Add to the file what only the database knows, and make one where there is none.

    Returns how many were added. On disk when this returns.
    """
    with _held() as file:
        known = {tombstone.client_id for tombstone in _read(file)}
        missing = [row for row in Tombstone.objects.all() if row.client_id not in known]
        file.write("".join(_line(row) for row in missing))
        file.flush()
        os.fsync(file.fileno())
    return len(missing)


def tombstones_read() -> list[Tombstone]:
    """In the order in which they were written. Raises BrokenTombstones."""
    if not tombstones_file().exists():
        raise BrokenTombstones(f"{tombstones_file()} is not there")
    with tombstones_file().open(encoding="utf-8") as file:
        return _read(file)


@contextmanager
def _held() -> Iterator[IO[str]]:
    """Open at its end, by one process at a time; a line that a crash left unfinished is gone."""
    path = tombstones_file()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        text = file.read()
        whole = text[: text.rfind("\n") + 1]
        if whole != text:
            file.seek(len(whole.encode()))
            file.truncate()
        file.seek(0)
        yield file


def _read(file: IO[str]) -> list[Tombstone]:
    return [_parsed(number, line) for number, line in enumerate(file, start=1)]


def _parsed(number: int, line: str) -> Tombstone:
    try:
        values = json.loads(line)
        client_id, counsellor_id = (uuid.UUID(values[name]) for name in _FIELDS[:2])
        erased_at = datetime.fromisoformat(values["erased_at"])
        tombstone = entombed(client_id, counsellor_id, erased_at, values["rule"])
        if tombstone.hash != values["hash"]:
            raise ValueError
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise BrokenTombstones(f"line {number} of {tombstones_file()} is damaged") from error
    return tombstone


def _values(tombstone: Tombstone) -> dict[str, str]:
    return {
        "client_id": str(tombstone.client_id),
        "counsellor_id": str(tombstone.counsellor_id),
        "erased_at": tombstone.erased_at.astimezone(UTC).isoformat(),
        "rule": tombstone.rule,
    }


def _hash(tombstone: Tombstone) -> str:
    return hashlib.sha256(json.dumps(_values(tombstone)).encode()).hexdigest()


def _line(tombstone: Tombstone) -> str:
    return json.dumps({**_values(tombstone), "hash": tombstone.hash}) + "\n"
