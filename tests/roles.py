"""On PostgreSQL: as a practice runs it, by a role that owns nothing.

With COUNSEL_TEST_ROLE set all tests run so; without, those that ask for it.
"""

from __future__ import annotations

from contextlib import contextmanager

from django.db import connection

from counsel.audit.application_role import grants_to

ROLE = "counsel_tests"


def run_as_application():
    with connection.cursor() as cursor:
        _make(cursor)
        # Between two tests with transactions of their own all tables are emptied.
        cursor.execute(f"GRANT TRUNCATE ON ALL TABLES IN SCHEMA public TO {ROLE}")
    connection.settings_dict["OPTIONS"]["options"] = f"-c role={ROLE}"
    connection.close()


def run_as_owner():
    connection.settings_dict["OPTIONS"].pop("options")
    connection.close()


def _make(cursor):
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE])
    if not cursor.fetchone():
        cursor.execute(f"CREATE ROLE {ROLE}")
    for statement in grants_to(ROLE):
        cursor.execute(statement)


@contextmanager
def as_application():
    """Within a test's own transaction, which takes the role away again."""
    with connection.cursor() as cursor:
        _make(cursor)
        cursor.execute(f"SET LOCAL ROLE {ROLE}")
        yield
        cursor.execute("SET LOCAL ROLE NONE")


@contextmanager
def as_owner():
    """For what a test changes in the database itself: no practice's application could."""
    is_application = connection.settings_dict["OPTIONS"].get("options") == f"-c role={ROLE}"
    if is_application:
        connection.cursor().execute("SET ROLE NONE")
    yield
    if is_application:
        connection.cursor().execute(f"SET ROLE {ROLE}")
