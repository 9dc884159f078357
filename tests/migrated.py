"""One migrated, empty SQLite database for all workers, and for all runs of the same code."""

from __future__ import annotations

import fcntl
import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.conf import settings

from tools.children import ROOT

CODE = ("clients", "counsel", "exercises", "sessions")


@contextmanager
def kept() -> Iterator[Path]:
    """Where it is, or is to be put. Whoever comes second waits until the first has made it."""
    folder = settings.VAR_DIR
    with (folder / "migrated.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        file = folder / f"migrated-{_of_the_code()}.sqlite3"
        for older in set(folder.glob("migrated-*.sqlite3")) - {file}:
            older.unlink()
        yield file


def fill(target: sqlite3.Connection, file: Path) -> None:
    with closing(sqlite3.connect(file)) as source:
        source.backup(target)


def copy(source: sqlite3.Connection, file: Path) -> None:
    """Complete or not there at all."""
    new = file.with_suffix(".new")
    new.unlink(missing_ok=True)
    with closing(sqlite3.connect(new)) as target:
        source.backup(target)
    new.rename(file)


def _of_the_code() -> str:
    """Changes with whatever a migration could stand on: our own code, and what is installed."""
    files = [ROOT / "requirements" / "run.txt"]
    files += sorted(file for app in CODE for file in (ROOT / app).rglob("*.py"))
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file}\0".encode() + file.read_bytes())
    return digest.hexdigest()[:16]
