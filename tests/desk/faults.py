from __future__ import annotations

from contextlib import contextmanager

from django.db import connection

from tests.roles import as_owner

SQLITE = """
CREATE TRIGGER refuse BEFORE INSERT ON {table} WHEN (SELECT count(*) FROM {table}) >= {after}
BEGIN SELECT RAISE(ABORT, 'refused'); END
"""
POSTGRESQL = """
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT count(*) FROM {table}) >= {after} THEN RAISE EXCEPTION 'refused'; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER refuse BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION refuse();
"""


@contextmanager
def inserts_refused(table, after=0):
    """The database itself takes no more than `after` rows into the table."""
    connection.check_constraints()
    fault = POSTGRESQL if connection.vendor == "postgresql" else SQLITE
    _run(fault.format(table=table, after=after))
    yield
    on_table = f" ON {table}" if connection.vendor == "postgresql" else ""
    _run(f"DROP TRIGGER refuse{on_table}")


def _run(statement):
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(statement)
