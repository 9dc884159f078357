"""A database that is being restored opens to nobody but the one who restores it.

Before those who were erased since the backup are erased from it again, nothing may read it: no
page, no worker, no timer. On PostgreSQL a table says so, and each new connection looks for it.
(A SQLite file has its name only when all is done.)
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

_TABLE = "counsel_restoring"
_is_ours = False


def watch() -> None:
    connection_created.connect(_look, dispatch_uid=_TABLE)


@contextmanager
def shut() -> Iterator[None]:
    """Stays shut where this ends in an error: what is half restored is nobody's."""
    global _is_ours
    _is_ours = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE TABLE IF NOT EXISTS {_TABLE} ()")
        yield
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE {_TABLE}")
    finally:
        _is_ours = False


def _look(*, connection: BaseDatabaseWrapper, **_more: Any) -> None:
    if connection.vendor != "postgresql" or _is_ours:
        return
    found = connection.connection.execute(f"SELECT to_regclass('{_TABLE}')").fetchone()
    if found[0] is not None:
        connection.close()
        raise OperationalError(
            "This database is being restored, or restoring it was broken off: it stays shut. "
            "Make a new one, and restore into that."
        )
