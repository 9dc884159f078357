"""A rotation passes the guards of rows that never change; what it may change there is nothing."""

# ruff: noqa: S608
from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from counsel.keys.guards import frozen_rows_open
from counsel.keys.models import Opening
from sessions import note_guards
from sessions.models import ConsultationNote, NoteAddendum
from tests.factories import make_addendum, make_note


def run(sql: str, *params) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.rowcount


@pytest.fixture
def signed(db):
    return make_note(signed_at=timezone.now())


ANEW = "UPDATE consultations_consultationnote SET sections = 'v1:k2:' || substr(sections, 7)"


def test_sealed_anew_it_passes(signed):
    with transaction.atomic(), frozen_rows_open():
        assert run(ANEW) == 1


def test_it_passes_for_nobody_else(signed):
    with pytest.raises(IntegrityError, match=note_guards.SIGNED), transaction.atomic():
        run(ANEW)
    with transaction.atomic(), frozen_rows_open():
        pass
    with pytest.raises(IntegrityError, match=note_guards.SIGNED), transaction.atomic():
        run(ANEW)


@pytest.mark.parametrize(
    "change",
    [
        "version = version + 1",
        "signed_at = NULL, signed_by_id = NULL",
        "sections = 'said otherwise'",
        "sections = 'v1:k2:x', version = 9",
        "agreed = NULL",
    ],
)
def test_nothing_else_passes_even_then(signed, change):
    with (
        pytest.raises(IntegrityError, match=note_guards.SIGNED),
        transaction.atomic(),
        frozen_rows_open(),
    ):
        run(f"UPDATE consultations_consultationnote SET {change}")


def test_what_was_added_to_a_note_is_guarded_in_the_same_way(signed):
    make_addendum(note=signed)
    anew = "UPDATE consultations_noteaddendum SET text = 'v1:k2:x'"
    with transaction.atomic(), frozen_rows_open():
        assert run(anew) == 1
    for change in (anew, "UPDATE consultations_noteaddendum SET text = 'said otherwise'"):
        with pytest.raises(IntegrityError, match=note_guards.ADDED), transaction.atomic():
            run(change)


@pytest.mark.django_db(transaction=True)
def test_no_database_commits_an_opening():
    with pytest.raises(IntegrityError), transaction.atomic():
        Opening.objects.create(never_id=0)
    assert not Opening.objects.exists()


@pytest.mark.parametrize("model", [ConsultationNote, NoteAddendum])
def test_the_guards_know_every_column_of_their_tables(model):
    table = model._meta.db_table
    columns = [field.column for field in model._meta.concrete_fields]
    assert sorted([*note_guards.SEALED[table], *note_guards.OTHERS[table]]) == sorted(columns)
