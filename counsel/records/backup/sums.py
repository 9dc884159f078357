"""The checksums of a backup's files, in a form that `sha256sum -c SHA256SUMS` reads as well."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from counsel.records.backup.errors import BackupError

NAME = "SHA256SUMS"


def sums_write(folder: Path) -> None:
    lines = [f"{_sum(folder / name)}  {name}\n" for name in sorted(_files(folder))]
    (folder / NAME).write_text("".join(lines), encoding="utf-8")


def sums_require(folder: Path) -> None:
    """Raises BackupError unless every file is there, unchanged, and no other."""
    if not (folder / NAME).is_file():
        raise BackupError(f"{folder} is no backup: it has no {NAME}.")
    lines = (folder / NAME).read_text(encoding="utf-8", errors="replace").splitlines()
    named = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    there = set(_files(folder))
    for name in sorted(there ^ set(named)):
        raise BackupError(f"{name} is {'not in' if name in there else 'missing, but in'} {NAME}.")
    for name, digest in named.items():
        if _sum(folder / name) != digest:
            raise BackupError(f"{name} is damaged: it is not what was written.")


def _files(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*"):
        if path.is_file() and path != folder / NAME:
            yield str(path.relative_to(folder))


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
