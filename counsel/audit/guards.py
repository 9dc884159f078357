"""The database refuses to change or delete an access event."""

from __future__ import annotations

_TABLE = "audit_accessevent"
NAME = "audit_accessevent_append_only"

POSTGRESQL = [
    f"""
    CREATE FUNCTION {NAME}() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION '{NAME}' USING ERRCODE = 'integrity_constraint_violation'; END $$
    """,
    f"CREATE TRIGGER {NAME} BEFORE UPDATE OR DELETE ON {_TABLE} "
    f"FOR EACH ROW EXECUTE FUNCTION {NAME}()",
]
REVERSE_POSTGRESQL = [f"DROP TRIGGER {NAME} ON {_TABLE}", f"DROP FUNCTION {NAME}()"]

SQLITE = [
    f"CREATE TRIGGER {NAME}_{event.lower()} BEFORE {event} ON {_TABLE} "
    f"BEGIN SELECT RAISE(ABORT, '{NAME}'); END"
    for event in ("UPDATE", "DELETE")
]
REVERSE_SQLITE = [f"DROP TRIGGER {NAME}_{event}" for event in ("update", "delete")]
