"""On PostgreSQL the tests run as a practice does: as a role that owns nothing."""

from __future__ import annotations

from contextlib import contextmanager, suppress

from django.db import connection, transaction
from django.db.utils import IntegrityError, ProgrammingError

from counsel.audit.application_role import grants_to

ROLE = "counsel_tests"


def run_as_application():
    # Another worker may be making it at this moment.
    with suppress(ProgrammingError, IntegrityError), transaction.atomic():
        connection.cursor().execute(f"CREATE ROLE {ROLE}")
    with connection.cursor() as cursor:
        for statement in grants_to(ROLE):
            cursor.execute(statement)
        # Between two tests with transactions of their own all tables are emptied.
        cursor.execute(f"GRANT TRUNCATE ON ALL TABLES IN SCHEMA public TO {ROLE}")
    connection.settings_dict["OPTIONS"]["options"] = f"-c role={ROLE}"
    connection.close()


@contextmanager
def as_owner():
    """For what a test changes in the database itself: no practice's application could."""
    on_postgresql = connection.vendor == "postgresql"
    if on_postgresql:
        connection.cursor().execute("SET ROLE NONE")
    yield
    if on_postgresql:
        connection.cursor().execute(f"SET ROLE {ROLE}")
