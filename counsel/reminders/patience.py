"""No statement of the sender waits for ever: a worker that hangs holds what others could send."""

from __future__ import annotations

from django.db import connection

STATEMENT_SECONDS = 20
LOCK_SECONDS = 10


def patience() -> None:
    """Once for each connection to PostgreSQL. What is cut off raises OperationalError."""
    connection.ensure_connection()
    session = connection.connection
    if connection.vendor != "postgresql" or getattr(session, "is_patient", False):
        return
    with connection.cursor() as cursor:
        cursor.execute(
            f"SET statement_timeout = '{STATEMENT_SECONDS}s'; SET lock_timeout = '{LOCK_SECONDS}s'"
        )
    session.is_patient = True
