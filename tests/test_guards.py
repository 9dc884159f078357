"""What only the database itself refuses is there after all migrations.

SQLite drops a table's triggers when a later migration rebuilds the table, without a word.
"""

from __future__ import annotations

import re

import pytest
from django.db import connection

from counsel.audit import guards as audit_guards
from counsel.records import guards as record_guards
from sessions import guards as consultation_guards
from sessions import note_guards

pytestmark = pytest.mark.django_db

_NAMED = re.compile(r"CREATE TRIGGER (\w+)|ADD CONSTRAINT (\w+)")
ON_SQLITE = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
ON_POSTGRESQL = (
    "SELECT conname FROM pg_constraint UNION SELECT tgname FROM pg_trigger WHERE tgenabled = 'O'"
)


def named(statements) -> set[str]:
    found = (_NAMED.search(statement) for statement in statements)
    return {match.group(1) or match.group(2) for match in found if match}


@pytest.mark.parametrize("guards", [audit_guards, consultation_guards, note_guards, record_guards])
def test_every_guard_stands_after_all_migrations(guards):
    on_sqlite = connection.vendor == "sqlite"
    wanted = named(guards.SQLITE if on_sqlite else guards.POSTGRESQL)
    with connection.cursor() as cursor:
        cursor.execute(ON_SQLITE if on_sqlite else ON_POSTGRESQL)
        standing = {name for (name,) in cursor.fetchall()}
    assert wanted
    assert wanted <= standing
