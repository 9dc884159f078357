"""The database refuses to change a signed note, and to change what was added to it.

Both go only with the whole record, when it is erased.
"""

from __future__ import annotations

_NOTES = "consultations_consultationnote"
_ADDENDA = "consultations_noteaddendum"
SIGNED = "consultations_note_signed_stays"
ADDED = "consultations_addendum_append_only"
_GUARDS = (
    (SIGNED, _NOTES, "UPDATE", "OLD.signed_at IS NOT NULL"),
    (ADDED, _ADDENDA, "UPDATE", "TRUE"),
)


def _postgresql(name: str, table: str, event: str, condition: str) -> list[str]:
    return [
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"RAISE EXCEPTION '{name}' USING ERRCODE = 'integrity_constraint_violation'; END $$",
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} "
        f"FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION {name}()",
    ]


POSTGRESQL = [line for guard in _GUARDS for line in _postgresql(*guard)]
REVERSE_POSTGRESQL = [
    line
    for name, table, _event, _condition in _GUARDS
    for line in (f"DROP TRIGGER {name} ON {table}", f"DROP FUNCTION {name}()")
]
SQLITE = [
    f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {condition} "
    f"BEGIN SELECT RAISE(ABORT, '{name}'); END"
    for name, table, event, condition in _GUARDS
]
REVERSE_SQLITE = [f"DROP TRIGGER {name}" for name, *_rest in _GUARDS]
