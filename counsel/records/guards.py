"""The database refuses to delete signed notes but with a whole record, and to change tombstones."""

from __future__ import annotations

_UNDERWAY = "EXISTS (SELECT 1 FROM records_underway)"
# Name, table, event, and when it is refused.
_GUARDS = (
    ("records_tombstone_append_only", "records_tombstone", "UPDATE", "TRUE"),
    ("records_tombstone_stays", "records_tombstone", "DELETE", "TRUE"),
    (
        "records_signed_note_goes_with_the_record",
        "consultations_consultationnote",
        "DELETE",
        f"OLD.signed_at IS NOT NULL AND NOT {_UNDERWAY}",
    ),
    (
        "records_addendum_goes_with_the_record",
        "consultations_noteaddendum",
        "DELETE",
        f"NOT {_UNDERWAY}",
    ),
)


def _postgresql(name: str, table: str, event: str, refused: str) -> list[str]:
    # In the function: the condition of a trigger may not look into a table.
    row = "OLD" if event == "DELETE" else "NEW"
    return [
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {refused} THEN RAISE EXCEPTION '{name}' "
        f"USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN {row}; END $$",
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
    ]


POSTGRESQL = [line for guard in _GUARDS for line in _postgresql(*guard)]
REVERSE_POSTGRESQL = [
    line
    for name, table, *_rest in _GUARDS
    for line in (f"DROP TRIGGER {name} ON {table}", f"DROP FUNCTION {name}()")
]
SQLITE = [
    f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {refused} "
    f"BEGIN SELECT RAISE(ABORT, '{name}'); END"
    for name, table, event, refused in _GUARDS
]
REVERSE_SQLITE = [f"DROP TRIGGER {name}" for name, *_rest in _GUARDS]
