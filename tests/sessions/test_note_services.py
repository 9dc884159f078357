from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
import time_machine
from django.db import IntegrityError, InternalError, connection, transaction
from django.utils import timezone

from counsel.common.errors import ConflictError, DomainError
from sessions.models import ConsultationNote, ProcessNote
from sessions.note_guards import ADDED, SIGNED
from sessions.notes import Section, Written
from sessions.services import (
    note_add,
    note_begin,
    note_change_format,
    note_save,
    note_sign,
    process_note_begin,
    process_note_remove,
    process_note_save,
    written_in,
)
from tests.factories import (
    make_addendum,
    make_client,
    make_consultation,
    make_counsellor,
    make_note,
    make_process_note,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 1, 7, 12, tzinfo=UTC)
START = NOW - timedelta(hours=1)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


def begin(consultation, **fields):
    return note_begin(consultation=consultation, author=consultation.counsellor, **fields)


def free(text, agreed=""):
    return Written((Section("", text),), agreed)


def stored(note):
    return ConsultationNote.objects.get(pk=note.pk)


# --- Beginning ---------------------------------------------------------------------------------


def test_a_note_begins_empty_in_its_format():
    note = begin(make_consultation(starts_at=START), format="dap")
    found = stored(note)
    assert [row["heading"] for row in found.sections] == ["Data", "Assessment", "Plan"]
    assert (found.version, found.signed_at, found.saved_at) == (1, None, NOW)


def test_a_format_of_the_practice_brings_its_headings():
    note = begin(make_consultation(starts_at=START), format="own", headings=["The body"])
    assert written_in(note) == Written((Section("The body"),))


def test_there_is_one_note_of_a_consultation():
    consultation = make_consultation(starts_at=START)
    first = begin(consultation, format="soap")
    assert begin(consultation, format="dap").pk == first.pk
    assert ConsultationNote.objects.get().format == "soap"


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_eight_windows_begin_one_note():
    consultation = make_consultation(starts_at=START)
    together = Barrier(8)

    def window(_number):
        together.wait()
        try:
            return begin(consultation).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as windows:
        assert len(set(windows.map(window, range(8)))) == 1


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"starts_at": NOW + timedelta(minutes=1)}, "not begun"),
        ({"starts_at": START, "status": "cancelled_late"}, "called off"),
    ],
)
def test_no_note_is_begun_of_what_did_not_take_place(fields, says):
    with pytest.raises(DomainError, match=says):
        begin(make_consultation(**fields))
    assert not ConsultationNote.objects.exists()


def test_a_note_may_be_written_of_who_did_not_come():
    assert begin(make_consultation(starts_at=START, status="no_show")).pk


# --- Saving ------------------------------------------------------------------------------------


def test_a_save_counts_the_version_up():
    note = begin(make_consultation(starts_at=START))
    note_save(note=note, version=1, written=free("We began.", "A walk."))
    found = stored(note)
    assert (found.version, written_in(found)) == (2, free("We began.", "A walk."))


def test_an_equal_save_changes_nothing():
    note = begin(make_consultation(starts_at=START))
    for _ in range(2):
        note_save(note=note, version=note.version, written=free("We began."))
    assert stored(note).version == 2


def test_a_stale_save_is_refused_and_touches_nothing():
    note = begin(make_consultation(starts_at=START))
    other = stored(note)
    note_save(note=note, version=1, written=free("Mine."))
    with pytest.raises(ConflictError):
        note_save(note=other, version=1, written=free("Yours."))
    assert written_in(stored(note)) == free("Mine.")


def test_another_format_keeps_the_words():
    note = begin(make_consultation(starts_at=START))
    note_save(note=note, version=1, written=free("We began."))
    note_change_format(note=note, version=2, format="dap")
    found = stored(note)
    assert (found.format, found.version) == ("dap", 3)
    assert found.sections[-1] == {"heading": "", "text": "We began."}


# --- Signing -----------------------------------------------------------------------------------


def test_signing_says_who_and_when_and_locks_it():
    note = make_note()
    note_sign(note=note, version=1, by=note.author)
    found = stored(note)
    assert (found.signed_by, found.signed_at) == (note.author, NOW)
    for change in (
        lambda: note_save(note=found, version=1, written=free("Other words.")),
        lambda: note_change_format(note=found, version=1, format="dap"),
        lambda: note_sign(note=found, version=1, by=note.author),
    ):
        with pytest.raises(ConflictError):
            change()


def test_an_empty_note_is_not_signed():
    note = make_note(sections=[{"heading": "", "text": " \n"}])
    with pytest.raises(DomainError, match="nothing in this note"):
        note_sign(note=note, version=1, by=note.author)


def test_nobody_signs_what_they_have_not_seen():
    note = make_note(version=2)
    with pytest.raises(ConflictError):
        note_sign(note=note, version=1, by=note.author)


def test_only_what_is_signed_is_added_to():
    note = make_note()
    with pytest.raises(DomainError, match="not signed"):
        note_add(note=note, author=note.author, text="And.")
    note_sign(note=note, version=1, by=note.author)
    with pytest.raises(DomainError, match="Write what"):
        note_add(note=note, author=note.author, text=" \n")
    assert note_add(note=note, author=note.author, text=" And. ").text == "And."


# --- What the database itself refuses ----------------------------------------------------------


def by_hand(sql, *values):
    # A name of ours in the error: the trigger, or the constraint.
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


def key(row):
    """As this database writes a UUID."""
    return row.pk.hex if connection.vendor == "sqlite" else str(row.pk)


def test_the_database_keeps_a_signed_note_as_it_is():
    note = make_note(signed_at=NOW)
    for change in ("version = 9", "sections = 'x'", "signed_at = NULL, signed_by_id = NULL"):
        statement = f"UPDATE consultations_consultationnote SET {change} WHERE id = %s"  # noqa: S608
        with pytest.raises((IntegrityError, InternalError), match=SIGNED):
            by_hand(statement, key(note))


def test_the_database_keeps_an_addendum_as_it_is():
    addendum = make_addendum(note=make_note(signed_at=NOW))
    with pytest.raises((IntegrityError, InternalError), match=ADDED):
        by_hand("UPDATE consultations_noteaddendum SET text = 'x' WHERE id = %s", key(addendum))


def test_the_database_wants_a_name_under_what_is_signed():
    name = "consultations_consultationnote_signed_by_somebody"
    note = make_note()
    with pytest.raises(IntegrityError, match=name):
        by_hand(
            "UPDATE consultations_consultationnote SET signed_at = %s WHERE id = %s",
            timezone.now(),
            key(note),
        )


# --- The counsellor's own ----------------------------------------------------------------------


def test_a_process_note_is_begun_once_until_something_is_written():
    client = make_client()
    note = process_note_begin(client=client, author=client.counsellor)
    assert process_note_begin(client=client, author=client.counsellor).pk == note.pk
    process_note_save(note=note, version=1, text="It tires me.")
    assert process_note_begin(client=client, author=client.counsellor).pk != note.pk
    assert ProcessNote.objects.get(pk=note.pk).text == "It tires me."


def test_a_process_note_is_about_ones_own_client():
    with pytest.raises(DomainError, match="colleague"):
        process_note_begin(client=make_client(), author=make_counsellor())


def test_a_process_note_is_not_written_over_nor_removed_unseen():
    note = make_process_note()
    other = ProcessNote.objects.get()
    process_note_save(note=note, version=1, text="Mine.")
    with pytest.raises(ConflictError):
        process_note_save(note=other, version=1, text="Yours.")
    with pytest.raises(ConflictError):
        process_note_remove(note=other, version=1)
    assert ProcessNote.objects.get().text == "Mine."
    process_note_remove(note=note, version=2)
    assert not ProcessNote.objects.exists()
