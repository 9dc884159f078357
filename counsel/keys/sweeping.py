"""Goes through all rows of a table and seals anew what is not yet sealed as it should be."""

# ruff: noqa: S608, S611 (nothing here comes from outside)
from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps.registry import Apps
from django.db import connection, transaction
from django.db.models import BooleanField, Model
from django.db.models.expressions import RawSQL

from counsel.common.encryption import CannotOpenError, newest_key_id, sealed_by
from counsel.common.fields import EncryptedField, Sealed
from counsel.keys.guards import frozen_rows_open

# A batch holds its rows, on SQLite the whole database, for some milliseconds.
BATCH = 200


@dataclass(frozen=True)
class Swept:
    """What became of one batch: rows changed, and rows that do not open."""

    rows: int
    broken: int


def encrypted_fields(model: type[Model]) -> list[EncryptedField]:
    fields = model._meta.local_concrete_fields
    return [field for field in fields if isinstance(field, EncryptedField)]


def encrypted_models(apps: Apps) -> list[type[Model]]:
    return [
        model for model in apps.get_models(include_auto_created=True) if encrypted_fields(model)
    ]


def seal_anew(model: type[Model], *, batch: int = BATCH) -> Iterator[Swept]:
    """Everything in this table under the newest key, but for rows that somebody else holds."""
    start = sealed_by(newest_key_id())
    return _sweep(model, encrypted_fields(model), start, EncryptedField.resealed, batch)


def left(model: type[Model]) -> int:
    """How many rows have something that the newest key has not sealed. Reads the whole table."""
    due = _due(encrypted_fields(model), sealed_by(newest_key_id()))
    return model._base_manager.filter(due).count()


def seal_plain(model: type[Model], names: Collection[str]) -> None:
    """Seal what these columns still hold in clear. Stopped half-way, it can be begun anew."""
    fields = [field for field in encrypted_fields(model) if field.name in names]

    def anew(field: EncryptedField, value: Sealed, pk: Any) -> Sealed | None:
        return field.sealed(value.stored(), pk)

    while any(swept.rows for swept in _sweep(model, fields, "v1:", anew, BATCH)):
        pass


def first_sealed(model: type[Model], field: EncryptedField) -> tuple[Any, Sealed] | None:
    """The key of any row with a sealed value here, and the value."""
    begins = RawSQL(f"substr({_column(field)}, 1, 3) = %s", ["v1:"], BooleanField())
    return model._base_manager.filter(begins).values_list("pk", field.attname).first()


def _due(fields: Sequence[EncryptedField], start: str) -> RawSQL:
    """Whether one of them holds a value that does not begin so."""
    conditions = [
        (f"{_column(field)} <> '' AND " if field.empty_in_clear else "")
        + f"substr({_column(field)}, 1, {len(start)}) <> %s"
        for field in fields
    ]
    return RawSQL(f"({' OR '.join(conditions)})", [start] * len(fields), BooleanField())


def _column(field: EncryptedField) -> str:
    quoted = connection.ops.quote_name
    return f"{quoted(field.model._meta.db_table)}.{quoted(str(field.column))}"


Anew = Callable[[EncryptedField, Sealed, Any], Sealed | None]
# A row of `values_list()`: its key, then its encrypted values.
Row = tuple[Any, ...]


def _sweep(
    model: type[Model], fields: Sequence[EncryptedField], start: str, anew: Anew, batch: int
) -> Iterator[Swept]:
    """By primary key, each batch in a transaction of its own, what does not begin with `start`.

    Nothing is remembered but the rows themselves: stopped at any moment it can begin anew, and
    passes what is done by the index.
    """
    last = None
    while True:
        with transaction.atomic():
            rows = _taken(model, fields, start, last, batch)
            if not rows:
                return
            changed = _changed(model, fields, rows, start, anew)
        last = rows[-1][0]
        yield Swept(changed, len(rows) - changed)


def _taken(
    model: type[Model], fields: Sequence[EncryptedField], start: str, last: Any, batch: int
) -> list[Row]:
    """The next rows, held until commit. What somebody else holds is passed over: no deadlock."""
    found = model._base_manager.filter(_due(fields, start))
    if last is not None:
        found = found.filter(pk__gt=last)
    held = found.order_by("pk").select_for_update(skip_locked=True, no_key=True)
    return list(held.values_list("pk", *(field.attname for field in fields))[:batch])


def _changed(
    model: type[Model],
    fields: Sequence[EncryptedField],
    rows: Sequence[Row],
    start: str,
    anew: Anew,
) -> int:
    """Swap the values of these rows for new ones; gives how many rows there were that open."""
    swaps: dict[tuple[str, ...], list[list[Any]]] = defaultdict(list)
    for pk, *values in rows:
        try:
            changes = {
                str(field.column): (value, anew(field, value, pk))
                for field, value in zip(fields, values, strict=True)
                if _is_due(field, value, start)
            }
        except CannotOpenError:
            continue
        old, new = zip(*changes.values(), strict=True)
        key = model._meta.pk.get_db_prep_value(pk, connection)
        swaps[tuple(changes)].append([*new, key, *old])
    if swaps:
        with frozen_rows_open(), connection.cursor() as cursor:
            for columns, params in swaps.items():
                cursor.executemany(_swap(model, columns), params)
    return sum(map(len, swaps.values()))


def _is_due(field: EncryptedField, value: Sealed | None, start: str) -> bool:
    if value is None or (field.empty_in_clear and value == ""):
        return False
    return not value.startswith(start)


def _swap(model: type[Model], columns: Sequence[str]) -> str:
    """One row's new values, if it still has the old ones: a save in between is never undone."""
    quoted = connection.ops.quote_name
    sets = ", ".join(f"{quoted(column)} = %s" for column in columns)
    still = " AND ".join(f"{quoted(column)} = %s" for column in columns)
    key = quoted(str(model._meta.pk.column))
    return f"UPDATE {quoted(model._meta.db_table)} SET {sets} WHERE {key} = %s AND {still}"
