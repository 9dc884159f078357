"""Proves a backup by restoring it, into a database that is thrown away."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlencode

import psycopg
from django.conf import settings
from django.db import connection
from psycopg import sql

from counsel.records.backup.errors import BackupError


def backup_verify(folder: Path, *, samples: int) -> str:
    """What restoring it said. Raises BackupError: could not be verified is as bad as broken.

    By another process, so that this one's database cannot be touched by mistake.
    """
    with tempfile.TemporaryDirectory(prefix="counsel-verify-") as made, _scratch(made) as url:
        env = {
            **{name: value for name, value in os.environ.items() if name != "DATABASE_URL_FILE"},
            "DATABASE_URL": url,
            "COUNSEL_VAR": made,
            "COUNSEL_TOMBSTONES": str(settings.TOMBSTONES_FILE),
            "DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"],
        }
        command = [sys.executable, "-m", "django", "restore", str(folder.absolute())]
        command += ["--samples", str(samples), "--pythonpath", str(settings.BASE_DIR)]
        # Nothing of it comes from outside.
        done = subprocess.run(  # noqa: S603
            command, env=env, capture_output=True, text=True, check=False
        )
    if done.returncode:
        said = (done.stderr.strip().splitlines() or [f"ended with {done.returncode}"])[-1]
        raise BackupError(said)
    return done.stdout.strip()


@contextmanager
def _scratch(folder: str) -> Iterator[str]:
    if connection.vendor == "sqlite":
        yield f"sqlite:///{folder}/scratch.sqlite3"
        return
    name = f"counsel_verify_{uuid.uuid4().hex}"
    try:
        _administer("CREATE DATABASE {}", name)
    except psycopg.Error as error:
        raise BackupError("No database could be made to restore into.") from error
    try:
        yield _url(name)
    finally:
        _administer("DROP DATABASE {} WITH (FORCE)", name)


def _administer(statement: str, name: str) -> None:
    with psycopg.connect(_url(connection.settings_dict["NAME"]), autocommit=True) as administrator:
        administrator.execute(sql.SQL(statement).format(sql.Identifier(name)))


def _url(name: str) -> str:
    where = connection.settings_dict
    user, password = quote(where["USER"], safe=""), quote(where["PASSWORD"], safe="")
    who = f"{user}:{password}@" if password else f"{user}@" if user else ""
    port = f":{where['PORT']}" if where["PORT"] else ""
    options = urlencode(where["OPTIONS"])
    return f"postgresql://{who}{where['HOST']}{port}/{quote(name, safe='')}?{options}"
