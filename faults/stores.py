"""Where the ledger lies: PostgreSQL with Redis, or SQLite with a broker of files."""

from __future__ import annotations

import base64
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import psycopg
from django.db import connection
from psycopg import sql

from counsel.env import database
from tools.children import ROOT, Children
from tools.servers import PostgreSQL, Redis

POSTGRESQL, SQLITE = "postgresql", "sqlite"

_PREPARE = (
    "from django.core.management import call_command as call; "
    "call('migrate', verbosity=0); call('createcachetable')"
)


class Store(Protocol):
    """A migrated database, copied empty for each fault or drill."""

    name: str
    env: dict[str, str]

    def fresh(self, folder: Path) -> dict[str, str]:
        """A database of one fault's or drill's own; the environment that names it."""


class OnPostgreSQL:
    name = POSTGRESQL

    def __init__(self, family: Children, folder: Path) -> None:
        # PostgreSQL runs as somebody else where we are root.
        folder.chmod(0o711)
        self.postgresql, self.redis = PostgreSQL(family, folder), Redis(family, folder)
        self.postgresql.start()
        self.redis.start()
        self._create("template")
        url = self.postgresql.url("template")
        self.env = _environ(folder, DATABASE_URL=url, REDIS_URL=self.redis.url)
        _prepare(self.env)

    def fresh(self, folder: Path) -> dict[str, str]:
        name = folder.name.replace("-", "_")
        self._create(name, template="template")
        return {**self.env, "DATABASE_URL": self.postgresql.url(name)}

    def _create(self, name: str, template: str = "template1") -> None:
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
            sql.Identifier(name), sql.Identifier(template)
        )
        with psycopg.connect(self.postgresql.url(), autocommit=True) as administrator:
            administrator.execute(statement)


class OnSQLite:
    name = SQLITE

    def __init__(self, folder: Path) -> None:
        self.template = folder / "template.sqlite3"
        self.env = _environ(folder, DATABASE_URL=f"sqlite:///{self.template}", REDIS_URL="")
        _prepare(self.env)

    def fresh(self, folder: Path) -> dict[str, str]:
        file = folder / "counsel.sqlite3"
        shutil.copy(self.template, file)
        return {**self.env, "DATABASE_URL": f"sqlite:///{file}"}


def _environ(folder: Path, **services: str) -> dict[str, str]:
    key = base64.b64encode(secrets.token_bytes(32)).decode()
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "faults.settings",
        "COUNSEL_SECRET_KEY": secrets.token_urlsafe(50),
        "COUNSEL_CONTENT_KEYS": f"k1:{key}",
        "COUNSEL_VAR": str(folder),
        "COUNSEL_BASE_URL": "http://127.0.0.1:8000",
        **services,
    }


def _prepare(env: Mapping[str, str]) -> None:
    # In one process, because each start of Django costs a second.
    manage = [sys.executable, "manage.py", "shell", "--verbosity", "0", "-c", _PREPARE]
    subprocess.run(manage, cwd=ROOT, env=env, check=True)


def use(env: Mapping[str, str]) -> None:
    """From here on Django in this process uses that database."""
    connection.close()
    connection.settings_dict["NAME"] = database(env["DATABASE_URL"])["NAME"]
