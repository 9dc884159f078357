"""How each of the two databases is copied as of one instant, and read in again."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Protocol

from django.db import connection, transaction
from psycopg.conninfo import make_conninfo

from counsel.records.backup import gate
from counsel.records.backup.errors import BackupError
from counsel.records.backup.manifest import Manifest, manifest_of


class Store(Protocol):
    def dump(self, folder: Path) -> Manifest:
        """Copy the database into the folder, while others go on writing; what the copy holds."""

    def require_empty(self) -> None:
        """Raises BackupError where there is anything already, or somebody at it."""

    def restoring(self, folder: Path) -> Any:
        """A context in which the copy is the database of this process, and of nobody else.

        It is everybody's when the context ends without an error.
        """


def store() -> Store:
    return OnSQLite() if connection.vendor == "sqlite" else OnPostgreSQL()


def ask(sql: str) -> Sequence[Sequence[Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        rows: Sequence[Sequence[Any]] = cursor.fetchall()
    return rows


class OnSQLite:
    """`VACUUM INTO` reads as of one instant and leaves out what was deleted: never a copy of the
    live file, which may be half-way through a change.
    """

    NAME = "database.sqlite3"

    def dump(self, folder: Path) -> Manifest:
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(folder / self.NAME)])
        with closing(sqlite3.connect(f"file:{folder / self.NAME}?mode=ro", uri=True)) as copy:
            tables = copy.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            )
            names = [name for (name,) in tables]
            return manifest_of(lambda sql: copy.execute(sql).fetchall(), names)

    def require_empty(self) -> None:
        file = Path(connection.settings_dict["NAME"])
        if file.exists() and connection.introspection.table_names():
            raise BackupError(f"{file} is there already. A backup is restored beside it, or after.")
        connection.close()

    @contextmanager
    def restoring(self, folder: Path) -> Iterator[None]:
        """Under another name, until all of it is done."""
        final = Path(connection.settings_dict["NAME"])
        unfinished = final.with_name(f"{final.name}.restoring")
        connection.close()
        _remove(unfinished)
        final.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(folder / self.NAME, unfinished)
        unfinished.chmod(0o600)
        connection.settings_dict["NAME"] = str(unfinished)
        try:
            yield
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            connection.close()
            connection.settings_dict["NAME"] = str(final)
        # An empty one may have left files beside it, which do not belong to this one.
        _remove(final)
        unfinished.rename(final)


def _remove(file: Path) -> None:
    for end in ("", "-wal", "-shm"):
        file.with_name(file.name + end).unlink(missing_ok=True)


class OnPostgreSQL:
    NAME = "database.dump"

    def dump(self, folder: Path) -> Manifest:
        """What is counted is what is dumped: both read the same snapshot."""
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                cursor.execute("SELECT pg_export_snapshot()")
                [snapshot] = cursor.fetchone()
            self._run("pg_dump", f"--snapshot={snapshot}", f"--file={folder / self.NAME}")
            return manifest_of(ask, connection.introspection.table_names())

    def require_empty(self) -> None:
        others = ask(
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        if others[0][0]:
            raise BackupError("Somebody is connected to this database: stop all of Counsel first.")
        if connection.introspection.table_names():
            raise BackupError("This database is not empty. Make a new one, and restore into that.")

    @contextmanager
    def restoring(self, folder: Path) -> Iterator[None]:
        """Shut to everybody else until all of it is done (`counsel.records.backup.gate`)."""
        with gate.shut():
            connection.close()
            self._run("pg_restore", "--single-transaction", "--exit-on-error", folder / self.NAME)
            yield

    def _run(self, program: str, *arguments: str | Path) -> None:
        options = ["--no-owner", "--no-privileges"]
        options += ["--format=custom"] if program == "pg_dump" else []
        command = [program, *options, f"--dbname={_conninfo()}", *map(str, arguments)]
        password = str(connection.settings_dict["PASSWORD"])
        env = {**os.environ, **({"PGPASSWORD": password} if password else {})}
        try:
            # Nothing of it comes from outside.
            done = subprocess.run(  # noqa: S603
                command, env=env, capture_output=True, text=True, check=False
            )
        except FileNotFoundError as error:
            raise BackupError(f"{program} is not installed.") from error
        if done.returncode:
            # The lines after such a one may quote what is in a row.
            said = [line for line in done.stderr.splitlines() if "error:" in line][:1]
            raise BackupError(" ".join([f"{program} ended with {done.returncode}.", *said]))


def _conninfo() -> str:
    """Without the password: what stands on a command line is everybody's to read."""
    where = connection.settings_dict
    names = {"host": "HOST", "port": "PORT", "user": "USER", "dbname": "NAME"}
    given = {name: str(where[key]) for name, key in names.items() if where[key]}
    return make_conninfo(**given, **where["OPTIONS"])
