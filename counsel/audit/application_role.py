"""The database role a practice runs Counsel as: it owns nothing, so every wall holds it.

Tables are made and changed by their owner (`manage.py migrate`); this role reads and writes rows,
adds to the access log and cannot change it, and cannot change a table.
"""

from __future__ import annotations

from psycopg import sql

from counsel.audit.models import AccessEvent

_GRANTS = (
    "GRANT USAGE ON SCHEMA public TO {role}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public "
    "GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {role}",
    "REVOKE UPDATE, DELETE ON {log} FROM {role}",
)


def grants_to(role: str) -> list[sql.Composed]:
    """The statements by which an existing role may run Counsel; for the tables' owner."""
    names = {"role": sql.Identifier(role), "log": sql.Identifier(AccessEvent._meta.db_table)}
    return [sql.SQL(statement).format(**names) for statement in _GRANTS]
