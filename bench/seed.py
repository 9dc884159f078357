"""Very many rows, quickly: copied within the database, without coming here. PostgreSQL only."""

# ruff: noqa: S608 (nothing here comes from outside)
from __future__ import annotations

from django.db import connection
from django.db.models import Model

from tools.say import Progress

AT_ONCE = 50_000


def copies(row: Model, first: int, last: int, **columns: str) -> None:
    """Rows like `row`, which is not saved: one for each `n` from `first` to `last`.

    `columns` are SQL expressions in `n`, by the names of fields, without a percent sign. What is
    sealed belongs to `row` alone: in a copy it may be listed, not opened.
    """
    fields = row._meta.concrete_fields
    names = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    given = ", ".join(columns.get(field.name, "%s") for field in fields)
    values = [
        field.get_db_prep_save(field.pre_save(row, add=True), connection)
        for field in fields
        if field.name not in columns
    ]
    table = connection.ops.quote_name(row._meta.db_table)
    sql = (
        f"INSERT INTO {table} ({names}) SELECT {given} "
        "FROM generate_series(%s::bigint, %s::bigint) AS n"
    )
    progress, total = Progress(), last - first + 1
    for start in range(first, last + 1, AT_ONCE):
        end = min(start + AT_ONCE - 1, last)
        with connection.cursor() as cursor:
            cursor.execute(sql, [*values, start, end])
        progress.step(f"{row._meta.verbose_name_plural}: {end - first + 1:,} of {total:,}")
    progress.done()
