"""What the database refuses about consultations, whatever the code does.

Two that hold time (`pending`, `confirmed`) never overlap for one counsellor (buffers
included) nor for one client, and none lasts longer than eight hours. PostgreSQL has exclusion
constraints, deferrable so that two may swap in one transaction; SQLite has triggers.
A recorded `overlap_reason` takes a row out of the rule.

A time kept for somebody (an open hold) overlaps neither another one of that counsellor nor a
consultation that holds time. That rule spans two tables: on PostgreSQL a trigger locks the
counsellor's row before it looks, so that two writers cannot pass each other.
"""

# ruff: noqa: S608 (nothing here comes from outside)
from __future__ import annotations

COUNSELLOR_OVERLAP = "consultations_counsellor_no_overlap"
CLIENT_OVERLAP = "consultations_client_no_overlap"
HOLD_OVERLAP = "consultations_hold_no_overlap"
KEPT_TIME = "consultations_counsellor_time_kept"
TOO_LONG = "consultations_consultation_too_long"

_TABLE = "consultations_consultation"
_HOLDS_TABLE = "consultations_hold"
_HOLDS = "status IN ('pending', 'confirmed') AND overlap_reason = ''"


def _exclusion(name: str, owner: str, start: str, end: str) -> str:
    return (
        f"ALTER TABLE {_TABLE} ADD CONSTRAINT {name} EXCLUDE USING gist "
        f"({owner} WITH =, tstzrange({start}, {end}, '[)') WITH &&) "
        f"WHERE ({_HOLDS}) DEFERRABLE INITIALLY IMMEDIATE"
    )


CONSULTATIONS_POSTGRESQL = [
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


def _clashes(owner: str, start: str, end: str) -> str:
    hold = " AND ".join(f"{one}.{rule}" for one in "ab" for rule in _HOLDS.split(" AND "))
    return (
        f"SELECT a.id, b.id, a.{start} AT TIME ZONE 'UTC' FROM {_TABLE} a JOIN {_TABLE} b "
        f"ON a.{owner} = b.{owner} AND a.id < b.id AND a.{start} < b.{end} AND b.{start} < a.{end} "
        f"WHERE {hold} ORDER BY a.{start}, a.id"
    )


# Rows on which the constraints could not be put: two keys, and when the first of them begins.
CLASHES_POSTGRESQL = {
    "counsellor": _clashes("counsellor_id", "held_from", "held_until"),
    "client": _clashes("client_id", "starts_at", "ends_at"),
}


def _guard(name: str, table: str, condition: str, other: str, busy: str) -> list[str]:
    """Refuses a row of one table while another table holds the time."""
    return [
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {condition} THEN "
        "PERFORM 1 FROM accounts_counsellor WHERE id = NEW.counsellor_id FOR NO KEY UPDATE; "
        f"IF EXISTS (SELECT 1 FROM {other} o WHERE {busy}) THEN "
        f"RAISE EXCEPTION '{name}' USING ERRCODE = 'exclusion_violation', "
        f"CONSTRAINT = '{name}'; END IF; END IF; RETURN NEW; END $$",
        f"CREATE TRIGGER {name} BEFORE INSERT OR UPDATE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {name}()",
    ]


def _overlapping(holds: str) -> str:
    return (
        f"o.counsellor_id = NEW.counsellor_id AND {holds} "
        "AND o.held_from < NEW.held_until AND o.held_until > NEW.held_from"
    )


_NEW_HOLDS = "NEW.status IN ('pending', 'confirmed') AND NEW.overlap_reason = ''"
_NEW_IS_KEPT = "NEW.state = 'open'"
_OTHER_HOLDS = _overlapping("o.status IN ('pending', 'confirmed') AND o.overlap_reason = ''")
_OTHER_IS_KEPT = _overlapping("o.state = 'open'")

KEPT_TIME_POSTGRESQL = [
    f"ALTER TABLE {_HOLDS_TABLE} ADD CONSTRAINT {HOLD_OVERLAP} EXCLUDE USING gist "
    "(counsellor_id WITH =, tstzrange(held_from, held_until, '[)') WITH &&) "
    "WHERE (state = 'open')",
    *_guard(KEPT_TIME, _TABLE, _NEW_HOLDS, _HOLDS_TABLE, _OTHER_IS_KEPT),
    *_guard(f"{HOLD_OVERLAP}_here", _HOLDS_TABLE, _NEW_IS_KEPT, _TABLE, _OTHER_HOLDS),
]
REVERSE_KEPT_TIME_POSTGRESQL = [
    f"DROP TRIGGER {HOLD_OVERLAP}_here ON {_HOLDS_TABLE}",
    f"DROP FUNCTION {HOLD_OVERLAP}_here",
    f"DROP TRIGGER {KEPT_TIME} ON {_TABLE}",
    f"DROP FUNCTION {KEPT_TIME}",
    f"ALTER TABLE {_HOLDS_TABLE} DROP CONSTRAINT {HOLD_OVERLAP}",
]
POSTGRESQL = CONSULTATIONS_POSTGRESQL + KEPT_TIME_POSTGRESQL


def _trigger(name: str, table: str, event: str, condition: str) -> str:
    return (
        f"CREATE TRIGGER {name}_{event.lower()} BEFORE {event} ON {table} "
        f"WHEN {condition} BEGIN SELECT RAISE(ABORT, '{name}'); END"
    )


def _overlaps(owner: str, start: str, end: str) -> str:
    # Times are stored as UTC text of one form, so comparing texts compares instants.
    return (
        f"{_NEW_HOLDS} AND EXISTS ("
        f"SELECT 1 FROM {_TABLE} o WHERE o.{owner} = NEW.{owner} AND o.id <> NEW.id "
        "AND o.status IN ('pending', 'confirmed') AND o.overlap_reason = '' "
        f"AND o.{start} < NEW.{end} AND o.{end} > NEW.{start})"
    )


_RULES = {
    COUNSELLOR_OVERLAP: (_TABLE, _overlaps("counsellor_id", "held_from", "held_until")),
    CLIENT_OVERLAP: (_TABLE, _overlaps("client_id", "starts_at", "ends_at")),
    # Half a second of tolerance: julianday() counts days in floating point.
    TOO_LONG: (
        _TABLE,
        "(julianday(NEW.ends_at) - julianday(NEW.starts_at)) * 86400 > 8 * 3600 + 0.5",
    ),
}
_KEPT_TIME_RULES = {
    KEPT_TIME: (
        _TABLE,
        f"{_NEW_HOLDS} AND EXISTS (SELECT 1 FROM {_HOLDS_TABLE} o WHERE {_OTHER_IS_KEPT})",
    ),
    f"{HOLD_OVERLAP}_here": (
        _HOLDS_TABLE,
        f"{_NEW_IS_KEPT} AND EXISTS (SELECT 1 FROM {_TABLE} o WHERE {_OTHER_HOLDS})",
    ),
    HOLD_OVERLAP: (
        _HOLDS_TABLE,
        f"{_NEW_IS_KEPT} AND EXISTS (SELECT 1 FROM {_HOLDS_TABLE} o "
        f"WHERE o.id <> NEW.id AND {_OTHER_IS_KEPT})",
    ),
}


def _triggers(rules: dict[str, tuple[str, str]]) -> list[str]:
    return [
        _trigger(name, table, event, condition)
        for name, (table, condition) in rules.items()
        for event in ("INSERT", "UPDATE")
    ]


def _drops(rules: dict[str, tuple[str, str]]) -> list[str]:
    return [
        f"DROP TRIGGER IF EXISTS {name}_{event}" for name in rules for event in ("insert", "update")
    ]


CONSULTATIONS_SQLITE = _triggers(_RULES)
REVERSE_SQLITE = _drops(_RULES)
# SQLite cannot rebuild a table that a trigger of another table names: a migration that alters
# either of the two begins with `DROP_SQLITE` and ends with `SQLITE`.
SQLITE = CONSULTATIONS_SQLITE + _triggers(_KEPT_TIME_RULES)
DROP_SQLITE = REVERSE_SQLITE + _drops(_KEPT_TIME_RULES)
