"""What the database refuses about consultations, whatever the code does.

Two that hold time (`pending`, `confirmed`) never overlap for one counsellor (buffers
included) nor for one client, and none lasts longer than eight hours. PostgreSQL has exclusion
constraints, deferrable so that two may swap in one transaction; SQLite has triggers.
A recorded `overlap_reason` takes a row out of the rule.
"""

from __future__ import annotations

COUNSELLOR_OVERLAP = "consultations_counsellor_no_overlap"
CLIENT_OVERLAP = "consultations_client_no_overlap"
TOO_LONG = "consultations_consultation_too_long"

_TABLE = "consultations_consultation"
_HOLDS = "status IN ('pending', 'confirmed') AND overlap_reason = ''"


def _exclusion(name: str, owner: str, start: str, end: str) -> str:
    return (
        f"ALTER TABLE {_TABLE} ADD CONSTRAINT {name} EXCLUDE USING gist "
        f"({owner} WITH =, tstzrange({start}, {end}, '[)') WITH &&) "
        f"WHERE ({_HOLDS}) DEFERRABLE INITIALLY IMMEDIATE"
    )


POSTGRESQL = [
    "CREATE EXTENSION IF NOT EXISTS btree_gist",
    _exclusion(COUNSELLOR_OVERLAP, "counsellor_id", "held_from", "held_until"),
    _exclusion(CLIENT_OVERLAP, "client_id", "starts_at", "ends_at"),
    f"ALTER TABLE {_TABLE} ADD CONSTRAINT {TOO_LONG} "
    "CHECK (ends_at - starts_at <= interval '8 hours')",
]
REVERSE_POSTGRESQL = [
    f"ALTER TABLE {_TABLE} DROP CONSTRAINT {name}"
    for name in (COUNSELLOR_OVERLAP, CLIENT_OVERLAP, TOO_LONG)
]


def _trigger(name: str, event: str, condition: str) -> str:
    return (
        f"CREATE TRIGGER {name}_{event.lower()} BEFORE {event} ON {_TABLE} "
        f"WHEN {condition} BEGIN SELECT RAISE(ABORT, '{name}'); END"
    )


def _overlaps(owner: str, start: str, end: str) -> str:
    # Times are stored as UTC text of one form, so comparing texts compares instants.
    return (
        "NEW.status IN ('pending', 'confirmed') AND NEW.overlap_reason = '' AND EXISTS ("  # noqa: S608
        f"SELECT 1 FROM {_TABLE} o WHERE o.{owner} = NEW.{owner} AND o.id <> NEW.id "
        "AND o.status IN ('pending', 'confirmed') AND o.overlap_reason = '' "
        f"AND o.{start} < NEW.{end} AND o.{end} > NEW.{start})"
    )


_RULES = {
    COUNSELLOR_OVERLAP: _overlaps("counsellor_id", "held_from", "held_until"),
    CLIENT_OVERLAP: _overlaps("client_id", "starts_at", "ends_at"),
    # Half a second of tolerance: julianday() counts days in floating point.
    TOO_LONG: "(julianday(NEW.ends_at) - julianday(NEW.starts_at)) * 86400 > 8 * 3600 + 0.5",
}

SQLITE = [
    _trigger(name, event, condition)
    for name, condition in _RULES.items()
    for event in ("INSERT", "UPDATE")
]
REVERSE_SQLITE = [
    f"DROP TRIGGER {name}_{event}" for name in _RULES for event in ("insert", "update")
]
