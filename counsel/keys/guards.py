"""How rows that never change are sealed anew: their guards let a rotation through, nobody else.

A guard opens for a transaction that has a row in `keys_opening`, for an update that changes
nothing but sealed columns, and leaves them sealed, or empty, as they were. Such a row points
at one that is never there: no database would commit it.
"""

# ruff: noqa: S608 (nothing here comes from outside)
from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from counsel.keys.models import Opening

_NOWHERE = 0


@contextmanager
def frozen_rows_open() -> Iterator[None]:
    """Inside a transaction: from here to the end of the block guards let it seal rows anew."""
    opening = Opening.objects.create(never_id=_NOWHERE)
    yield
    opening.delete()


def only_resealed_postgresql(sealed: Sequence[str]) -> str:
    """A condition over OLD and NEW, for the body of a trigger."""
    columns = ", ".join(f"'{column}'" for column in sealed)
    same = f"to_jsonb(NEW) - ARRAY[{columns}] = to_jsonb(OLD) - ARRAY[{columns}]"
    return _condition(sealed, same)


def only_resealed_sqlite(sealed: Sequence[str], others: Sequence[str]) -> str:
    """The same. SQLite must be told every other column: `tests/test_guards.py` holds them all."""
    same = " AND ".join(f"NEW.{column} IS OLD.{column}" for column in others)
    return _condition(sealed, same)


def _condition(sealed: Sequence[str], same: str) -> str:
    stays = " AND ".join(
        f"coalesce(NEW.{column} LIKE 'v1:%', TRUE) "
        f"AND (NEW.{column} IS NULL) = (OLD.{column} IS NULL)"
        for column in sealed
    )
    return f"EXISTS (SELECT 1 FROM keys_opening) AND {same} AND {stays}"
