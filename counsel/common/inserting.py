"""Rows that are written unless they are there already."""

# ruff: noqa: S608 (nothing here comes from outside)
from __future__ import annotations

from functools import cache

from django.db import connection
from django.db.models import Model


def insert_if_new(row: Model) -> bool:
    """Write a row just made, unless one stands that it would be the double of; whether it did.

    One statement, where `get_or_create` needs four: the database refuses the double without an
    error, so that there is nothing to undo. It waits for whoever is just writing the same.
    Raises IntegrityError for all but doubles. Sends no signals.
    """
    fields = row._meta.concrete_fields
    values = [field.get_db_prep_save(field.pre_save(row, add=True), connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(_sql(type(row)), values)
        is_new: bool = cursor.rowcount == 1
    row._state.adding, row._state.db = not is_new, connection.alias
    return is_new


@cache
def _sql(model: type[Model]) -> str:
    quoted = connection.ops.quote_name
    fields = model._meta.concrete_fields
    columns = ", ".join(quoted(str(field.column)) for field in fields)
    values = ", ".join(["%s"] * len(fields))
    table = quoted(model._meta.db_table)
    return f"INSERT INTO {table} ({columns}) VALUES ({values}) ON CONFLICT DO NOTHING"
