"""A practice that is migrated while it is open, on PostgreSQL."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import UTC, datetime

import psycopg
import pytest
from django.apps import apps
from django.core.management import CommandError
from django.db import connection, migrations, models
from django.db.migrations.state import ProjectState

from counsel.common.operations import AddIndexGently
from counsel.desk.migrating import LOCK_SECONDS, saying_why
from sessions import guards
from tests.factories import make_consultation
from tools.children import ROOT

pytestmark = pytest.mark.services
_BACK = ["manage.py", "migrate", "consultations", "0007"]


def migrate_back(env) -> subprocess.CompletedProcess[str]:
    """To before the second wall: it takes a rule from a table that somebody reads."""
    return subprocess.run(
        [sys.executable, *_BACK], cwd=ROOT, env=env, capture_output=True, text=True
    )


def test_it_gives_up_behind_a_long_read_and_the_practice_goes_on(counsel_env):
    url = counsel_env["DATABASE_URL"]
    with psycopg.connect(url) as reader, psycopg.connect(url, autocommit=True) as others:
        reader.execute("SELECT count(*) FROM consultations_consultationnote")
        began = time.monotonic()
        done = migrate_back(counsel_env)
        took = time.monotonic() - began
        assert done.returncode == 1 and "was in use for 5 s" in done.stderr
        assert "Traceback" not in done.stderr
        assert LOCK_SECONDS <= took < LOCK_SECONDS + 30
        others.execute("SET statement_timeout = '1s'")
        others.execute("SELECT count(*) FROM consultations_consultationnote")
        rules = "SELECT count(*) FROM pg_policies WHERE tablename LIKE '%consultationnote'"
        assert others.execute(rules).fetchone() == (1,)
        reader.rollback()
        assert migrate_back(counsel_env).returncode == 0
        assert others.execute(rules).fetchone() == (0,)


@pytest.mark.django_db
def test_consultations_that_overlap_are_listed_by_their_keys():
    name = guards.COUNSELLOR_OVERLAP
    with connection.cursor() as cursor:
        for constraint in (name, guards.CLIENT_OVERLAP):
            cursor.execute(f"ALTER TABLE consultations_consultation DROP CONSTRAINT {constraint}")
    first = make_consultation()
    at = datetime(2030, 1, 7, 10, 30, tzinfo=UTC)
    second = make_consultation(client=first.client, service=first.service, starts_at=at)
    with connection.cursor() as cursor:
        # As if they had been written long ago.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    statements = [it for it in guards.CONSULTATIONS_POSTGRESQL if name in it]
    with pytest.raises(CommandError) as raised, saying_why(), connection.schema_editor() as editor:
        for statement in statements:
            editor.execute(statement, params=None)
    words = str(raised.value)
    for whose in ("counsellor", "client"):
        pair = " and ".join(sorted(str(row.pk) for row in (first, second)))
        assert f"one {whose}: {pair}, 2030-01-07 10:" in words
    assert first.client.name not in words


@pytest.mark.django_db(transaction=True)
def test_an_index_is_made_while_others_write():
    class Migration(migrations.Migration):
        atomic = False
        operations = [AddIndexGently("heartbeat", models.Index(fields=["at"], name="beat_by_at"))]

    state = ProjectState.from_apps(apps)
    with connection.schema_editor(atomic=False) as editor:
        Migration("0099", "reminders").apply(state.clone(), editor)
        assert "beat_by_at" in _indexes()
        Migration("0099", "reminders").unapply(state, editor)
    assert "beat_by_at" not in _indexes()


def _indexes() -> set[str]:
    with connection.cursor() as cursor:
        return set(connection.introspection.get_constraints(cursor, "reminders_heartbeat"))
