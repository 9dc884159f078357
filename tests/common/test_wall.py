"""The second wall: what PostgreSQL shows of what people wrote, whatever a query asks for."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from clients.walls import TABLES as CLIENTS
from counsel.common.wall import EVERYBODY, NOBODY, whole_practice
from counsel.records.walls import TABLES as RECORDS
from exercises.models import Entry
from exercises.walls import TABLES as EXERCISES
from sessions.walls import TABLES as CONSULTATIONS
from tests.caseloads import make_caseload
from tests.factories import make_counsellor, make_cover
from tests.roles import as_application

pytestmark = [pytest.mark.services, pytest.mark.django_db]
WALLED = [*CLIENTS, *EXERCISES, *CONSULTATIONS, *RECORDS]
FILLED = {"exercises_entry", "exercises_reply", "consultations_consultationnote"}


@pytest.fixture
def caseloads():
    both = make_caseload("Canary-7Q"), make_caseload("Canary-8R")
    with as_application():
        yield both


def count(table):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 (our own tables)
        return cursor.fetchone()[0]


def clients_with_entries():
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT client_id FROM exercises_entry")
        return {pk for (pk,) in cursor.fetchall()}


def counts():
    return {table: count(table) for table in WALLED}


def reads_as(reader):
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('counsel.reader', %s, true)", [reader])


def test_there_is_something_behind_it(caseloads):
    assert {table for table, rows in counts().items() if rows} >= FILLED


@pytest.mark.parametrize("reader", [NOBODY, "nonsense", "00000000-0000-0000-0000-000000000000"])
def test_whoever_is_nobody_sees_nothing(caseloads, reader):
    reads_as(reader)
    assert not any(counts().values())


def test_a_counsellor_and_a_client_see_their_own(caseloads):
    for mine, theirs in (caseloads, caseloads[::-1]):
        reads_as(str(mine.client.user.pk))
        assert clients_with_entries() == {mine.client.pk}
        reads_as(str(mine.counsellor.user.pk))
        seen = clients_with_entries()
        assert mine.client.pk in seen
        assert theirs.client.pk not in seen


def test_a_colleague_sees_what_they_were_lent_until_it_is_taken_back(caseloads):
    colleague = make_counsellor()
    reads_as(EVERYBODY)
    cover = make_cover(client=caseloads[0].client, to=colleague)
    reads_as(str(colleague.user.pk))
    assert count("exercises_entry")
    type(cover)._base_manager.filter(pk=cover.pk).update(ended_at=cover.ends_at, ended_by="client")
    assert not count("exercises_entry")


def test_nobody_writes_into_anothers_record(caseloads):
    mine, theirs = caseloads
    reads_as(str(mine.counsellor.user.pk))
    changed = Entry._base_manager.filter(client=theirs.client).update(helpful=1)
    assert changed == 0
    with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        Entry._base_manager.filter(client=mine.client).update(client=theirs.client)


def test_every_page_is_answered_by_its_reader_alone(caseloads, client):
    client.force_login(caseloads[0].counsellor.user)
    told = []

    def note(execute, sql, params, many, context):
        told.append(context["connection"].counsel_reader)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        client.get("/admin/")
    assert set(told) - {EVERYBODY, NOBODY} == {str(caseloads[0].counsellor.user.pk)}
    assert connection.counsel_reader == EVERYBODY


def test_what_looks_at_everybody_says_so_and_comes_back(caseloads):
    reads_as(NOBODY)
    connection.counsel_reader = NOBODY
    with whole_practice():
        assert count("exercises_entry")
    assert not any(counts().values())


def test_a_transaction_that_failed_inside_leaves_nobody_with_more(caseloads):
    connection.counsel_reader = NOBODY
    reads_as(NOBODY)
    with pytest.raises(DatabaseError), transaction.atomic(), whole_practice():
        connection.cursor().execute("SELECT 1 / 0")
    assert not any(counts().values())
