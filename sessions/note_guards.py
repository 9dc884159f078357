"""The database refuses to change a signed note, and to change what was added to it.

Both go only with the whole record, when it is erased. A new content key seals them anew
(`counsel/keys/guards.py`): that changes nothing of what they say.
"""

from __future__ import annotations

from counsel.keys.guards import only_resealed_postgresql, only_resealed_sqlite

_NOTES = "consultations_consultationnote"
_ADDENDA = "consultations_noteaddendum"
SIGNED = "consultations_note_signed_stays"
ADDED = "consultations_addendum_append_only"
_GUARDS = ((SIGNED, _NOTES, "OLD.signed_at IS NOT NULL"), (ADDED, _ADDENDA, "TRUE"))

SEALED = {_NOTES: ("sections", "agreed"), _ADDENDA: ("text",)}
# All the other columns: a migration that adds one makes the guards anew.
OTHERS = {
    _NOTES: (
        *("id", "created_at", "consultation_id", "author_id", "format", "version"),
        *("saved_at", "signed_at", "signed_by_id"),
    ),
    _ADDENDA: ("id", "created_at", "note_id", "author_id"),
}


def _refuses(name: str, first: str) -> str:
    return (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"{first}RAISE EXCEPTION '{name}' USING ERRCODE = 'integrity_constraint_violation'; "
        f"END $$"
    )


def _resealed(table: str) -> str:
    return f"IF {only_resealed_postgresql(SEALED[table])} THEN RETURN NEW; END IF; "


def _trigger(name: str, table: str, condition: str) -> str:
    return (
        f"CREATE TRIGGER {name} BEFORE UPDATE ON {table} WHEN {condition} "
        f"BEGIN SELECT RAISE(ABORT, '{name}'); END"
    )


def _but_resealed(table: str, condition: str) -> str:
    return f"{condition} AND NOT ({only_resealed_sqlite(SEALED[table], OTHERS[table])})"


FIRST_POSTGRESQL = [
    line
    for name, table, condition in _GUARDS
    for line in (
        _refuses(name, first=""),
        f"CREATE TRIGGER {name} BEFORE UPDATE ON {table} "
        f"FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION {name}()",
    )
]
REVERSE_POSTGRESQL = [
    line
    for name, table, _condition in _GUARDS
    for line in (f"DROP TRIGGER {name} ON {table}", f"DROP FUNCTION {name}()")
]
# The triggers stay, and call what is put in the place of their functions.
RESEALING_POSTGRESQL = [_refuses(name, _resealed(table)) for name, table, _condition in _GUARDS]
REVERSE_RESEALING_POSTGRESQL = [_refuses(name, first="") for name, _table, _condition in _GUARDS]
POSTGRESQL = FIRST_POSTGRESQL + RESEALING_POSTGRESQL

FIRST_SQLITE = [_trigger(*guard) for guard in _GUARDS]
REVERSE_SQLITE = [f"DROP TRIGGER {name}" for name, *_rest in _GUARDS]
SQLITE = [
    _trigger(name, table, _but_resealed(table, condition)) for name, table, condition in _GUARDS
]
