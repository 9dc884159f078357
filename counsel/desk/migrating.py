"""Migrating a practice that is open: nobody waits behind it for long, and what stops it is said."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.base import CommandError
from django.db import DatabaseError, IntegrityError, OperationalError, connection
from psycopg.errors import ExclusionViolation, LockNotAvailable

from sessions.guards import CLASHES_POSTGRESQL

# A table that is waited for is closed to everybody who comes after.
LOCK_SECONDS = 5
_SHOWN = 20


@contextmanager
def waiting_briefly() -> Iterator[None]:
    """For locks, on PostgreSQL. On SQLite the one writer's lock is waited for as ever."""
    if connection.vendor != "postgresql":
        yield
        return
    _lock_timeout(f"'{LOCK_SECONDS}s'")
    try:
        yield
    finally:
        if connection.connection is not None and not connection.in_atomic_block:
            _lock_timeout("DEFAULT")


@contextmanager
def saying_why() -> Iterator[None]:
    """Raises CommandError, in words, for what whoever migrates can do something about."""
    try:
        yield
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
        raise CommandError(
            f"A table was in use for {LOCK_SECONDS} s, so this migration was given up and has "
            "changed nothing. Those before it stay. Run it again when less is going on."
        ) from error
    except IntegrityError as error:
        if not isinstance(error.__cause__, ExclusionViolation):
            raise
        raise CommandError(
            "\n".join(["Consultations that are there overlap; nothing was changed.", *clashes()])
        ) from error


def clashes() -> list[str]:
    """A line for each two that overlap, by their keys: the first of them, and how many more."""
    found = []
    with connection.cursor() as cursor:
        for whose, question in CLASHES_POSTGRESQL.items():
            cursor.execute(question)
            found += [
                f"one {whose}: {first} and {second}, {at:%Y-%m-%d %H:%M} UTC"
                for first, second, at in cursor.fetchall()
            ]
    more = len(found) - _SHOWN
    return [*found[:_SHOWN], *([f"and {more} more"] if more > 0 else [])]


def _lock_timeout(value: str) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"SET lock_timeout = {value}")
    except DatabaseError as error:
        raise CommandError("The database does not answer.") from error
