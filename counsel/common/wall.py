"""On PostgreSQL a second wall around what people wrote: row-level security.

The database is told who reads, and shows and takes only rows of clients that person has to do
with (`clients/walls.py` says which), whatever a query asks for. Whoever owns the tables is not
held by it: a practice runs Counsel as a role of its own (`manage.py database_role`). SQLite has
nothing of the kind; there the first wall, `visible_to` and `of_user`, stands alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.core.signals import request_finished
from django.db import DatabaseError, connection
from django.db.backends.signals import connection_created
from django.http import HttpRequest, HttpResponse
from psycopg.pq import TransactionStatus

# Who reads: the id of a person who is signed in, or one of these.
NOBODY = ""
EVERYBODY = "everybody"


class _Process:
    """What a connection begins with: commands and workers are trusted, a web server is not."""

    begins_as = EVERYBODY


def close_by_default() -> None:
    """In this process nothing is read outside a request, or by a visitor."""
    _Process.begins_as = NOBODY


def install() -> None:
    connection_created.connect(_on_new_connection, dispatch_uid="counsel.wall")
    request_finished.connect(_after_request, dispatch_uid="counsel.wall")


class WallMiddleware:
    """Tells the database who reads, until the last of the answer has gone out."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # These open while the database is away, and show nothing of anybody.
        if not getattr(request, "is_for_everybody", False):
            _tell(str(request.user.pk) if request.user.is_authenticated else NOBODY)
        return self.get_response(request)


@contextmanager
def whole_practice() -> Iterator[None]:
    """For what rightly looks across caseloads while somebody is being answered.

    Around a transaction, not inside one that goes on afterwards.
    """
    before = getattr(connection, "counsel_reader", NOBODY)
    _tell(EVERYBODY)
    try:
        yield
    finally:
        _tell(before)


def policies(tables: dict[str, str]) -> Sequence[str]:
    """The statements that put up the wall: by table, which of its rows may be reached.

    The rule is SQL over the table's own columns.
    """
    statements = []
    for table, rule in tables.items():
        allowed = f"(SELECT current_setting('counsel.reader', true)) = '{EVERYBODY}' OR {rule}"
        statements += [
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"CREATE POLICY counsel_wall ON {table} USING ({allowed})",
        ]
    return statements


def no_policies(tables: dict[str, str]) -> Sequence[str]:
    return [
        statement
        for table in tables
        for statement in (
            f"DROP POLICY counsel_wall ON {table}",
            f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
        )
    ]


def _on_new_connection(sender: Any, connection: Any, **kwargs: Any) -> None:
    if connection.vendor == "postgresql":
        _write(connection, _Process.begins_as)


def _after_request(sender: Any, **kwargs: Any) -> None:
    if connection.vendor != "postgresql" or connection.connection is None:
        return
    try:
        _write_unless_failed(_Process.begins_as)
    except DatabaseError:
        # The server has gone meanwhile: the next connection begins as this one would have ended.
        connection.close()


def _tell(reader: str) -> None:
    if connection.vendor != "postgresql":
        return
    # As before any query of Django's: one that the server has ended is replaced.
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    _write_unless_failed(reader)


def _write_unless_failed(reader: str) -> None:
    # Where a transaction has failed, its end brings back what was told before it.
    if connection.connection.info.transaction_status != TransactionStatus.INERROR:
        _write(connection, reader)


def _write(to: Any, reader: str) -> None:
    with to.wrap_database_errors:
        to.connection.execute("SELECT set_config('counsel.reader', %s, false)", [reader])
    to.counsel_reader = reader
