"""The encrypted fields, on the models that have them: a client's contact, an entry's answers."""

from __future__ import annotations

import pytest
from django.core.exceptions import FieldError
from django.core.serializers import serialize
from django.db import connection, transaction
from django.db.models import F, Index, Model, UniqueConstraint
from django.db.models.functions import Lower
from django.template import Context, Template
from django.test.utils import isolate_apps

from clients.models import Client
from counsel.common.encryption import AlreadySealedError, CannotOpenError
from counsel.common.fields import EncryptedCharField, EncryptedTextField
from exercises.models import Entry
from sessions.models import Consultation
from tests.factories import make_client, make_consultation, make_entry

pytestmark = pytest.mark.django_db
WORDS = "Ben, 030 12345"


def stored(client_record) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT emergency_contact FROM clients_client WHERE id = %s",
            [Client._meta.pk.get_db_prep_value(client_record.pk, connection)],
        )
        return cursor.fetchone()[0]


def store(client_record, value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE clients_client SET emergency_contact = %s WHERE id = %s",
            [value, Client._meta.pk.get_db_prep_value(client_record.pk, connection)],
        )


def test_it_gives_back_what_was_saved():
    anna = make_client(emergency_contact=WORDS)
    assert anna.emergency_contact == WORDS
    assert Client.objects.get().emergency_contact == WORDS


@pytest.mark.parametrize("answers", [{}, {"words": "I said it — नमस्ते 🙂"}, [1, None, "x"], "x"])
def test_it_gives_back_any_answers(answers):
    make_entry(answers=answers)
    assert Entry.objects.get().answers == answers


def test_it_stores_no_plain_text():
    anna = make_client(emergency_contact=WORDS)
    assert stored(anna).startswith("v1:k1:")
    assert "Ben" not in stored(anna)


def test_it_never_opens_a_value_by_accident():
    make_client(emergency_contact=WORDS)
    (value,) = Client.objects.values_list("emergency_contact", flat=True)
    assert repr(value) == "<sealed>"
    assert "Ben" not in str(value)


def test_it_refuses_a_value_copied_from_another_row():
    anna = make_client(emergency_contact=WORDS)
    ben = make_client(counsellor=anna.counsellor)
    store(ben, stored(anna))
    with pytest.raises(CannotOpenError):
        _ = Client.objects.get(pk=ben.pk).emergency_contact


def test_it_fails_loudly_under_a_wrong_key_and_refuses_to_save_the_row(settings):
    anna = make_client(emergency_contact=WORDS)
    before = stored(anna)
    settings.CONTENT_KEYS = {"k1": b"wrong" + b"x" * 27}
    found = Client._base_manager.get()
    with pytest.raises(CannotOpenError):
        _ = found.emergency_contact
    with pytest.raises(CannotOpenError), transaction.atomic():
        found.save()
    assert stored(anna) == before


def test_it_refuses_to_seal_what_is_sealed_already():
    anna = make_client(emergency_contact=WORDS)
    before = stored(anna)
    anna.emergency_contact = before
    with pytest.raises(AlreadySealedError), transaction.atomic():
        anna.save()
    assert stored(anna) == before


def test_it_refuses_to_save_a_value_of_another_row():
    anna, ben = make_client(emergency_contact=WORDS), make_client()
    ben.emergency_contact = Client._base_manager.values_list("emergency_contact", flat=True).get(
        pk=anna.pk
    )
    with pytest.raises(CannotOpenError):
        ben.save()


def test_it_is_never_shown_on_its_way_from_the_database():
    make_client(emergency_contact=WORDS)
    (value,) = Client._base_manager.values_list("emergency_contact", flat=True)
    page = Template("{{ value }}").render(Context({"value": value}))
    assert page == "&lt;sealed&gt;"
    assert f"{value}" == str(value) == "<sealed>"


def test_it_saves_a_value_that_was_not_read_as_it_was_stored():
    anna = make_client(emergency_contact=WORDS)
    before = stored(anna)
    found = Client.objects.get()
    found.name = "Anna"
    found.save()
    assert stored(anna) == before


def test_a_value_that_was_not_read_is_saved_under_the_newest_key(settings):
    anna = make_client(emergency_contact=WORDS)
    found = Client._base_manager.get()
    settings.CONTENT_KEYS = {"k2": b"2" * 32, **settings.CONTENT_KEYS}
    found.save()
    assert stored(anna).startswith("v1:k2:")
    assert Client._base_manager.get().emergency_contact == WORDS


def test_of_an_overlap_the_database_sees_only_that_there_is_a_reason():
    with_one = make_consultation(overlap_reason="both together")
    without = make_consultation()
    for booked, written in ((with_one, "both together"), (without, "")):
        found = Consultation._base_manager.get(pk=booked.pk)
        value = found.__dict__["overlap_reason"].stored()
        assert value.startswith("v1:k1:") is bool(written)
        assert (value == "") is not bool(written)
        assert found.overlap_reason == written
        known = Consultation._base_manager.filter(overlap_reason__isempty=not written)
        assert list(known) == [booked]


def test_it_seals_with_the_newest_key_when_saved_again(settings):
    anna = make_client(emergency_contact=WORDS)
    settings.CONTENT_KEYS = {"k2": b"2" * 32, **settings.CONTENT_KEYS}
    found = Client.objects.get()
    assert found.emergency_contact == WORDS
    found.save()
    assert stored(anna).startswith("v1:k2:")
    assert Client.objects.get().emergency_contact == WORDS


def test_it_opens_a_deferred_value_when_asked():
    make_client(emergency_contact=WORDS)
    assert Client.objects.defer("emergency_contact").get().emergency_contact == WORDS
    assert Client.objects.select_related("counsellor").get().emergency_contact == WORDS


def test_it_opens_a_refreshed_value():
    anna = make_client(emergency_contact=WORDS)
    found = Client.objects.get()
    found.emergency_contact = "Carla"
    found.save(update_fields=["emergency_contact"])
    anna.refresh_from_db()
    assert anna.emergency_contact == "Carla"


@pytest.mark.parametrize("lookup", ["", "__contains", "__startswith", "__gt", "__in", "__regex"])
def test_it_cannot_be_searched(lookup):
    with pytest.raises(FieldError):
        list(Client.objects.filter(**{f"emergency_contact{lookup}": "Ben"}))


def test_it_can_be_asked_whether_there_is_one():
    make_client(emergency_contact=WORDS)
    assert Client._base_manager.filter(emergency_contact__isnull=False).count() == 1


@pytest.mark.parametrize(
    "options",
    [
        {"ordering": ["-words"]},
        {"ordering": [F("words").desc()]},
        {"indexes": [Index(fields=["words"], name="by_words")]},
        {"indexes": [Index(Lower("words"), name="by_lower_words")]},
        {"constraints": [UniqueConstraint(fields=["words"], name="words_once")]},
        {"constraints": [UniqueConstraint(Lower("words"), name="lower_words_once")]},
    ],
    ids=str,
)
def test_a_model_neither_ordered_nor_indexed_by_it_is_wanted(options):
    class Meta:
        app_label = "somewhere"

    for name, value in options.items():
        setattr(Meta, name, value)
    with isolate_apps("counsel.common"):
        fields = {"__module__": "somewhere", "Meta": Meta, "words": EncryptedTextField()}
        diary = type("Diary", (Model,), fields)
        assert "counsel.E007" in [found.id for found in diary._meta.get_field("words").check()]


@pytest.mark.parametrize("options", [{"unique": True}, {"db_index": True}])
def test_an_index_of_its_own_is_refused(options):
    with isolate_apps("counsel.common"):
        fields = {"words": EncryptedCharField(max_length=9, **options)}
        meta = type("Meta", (), {"app_label": "somewhere"})
        diary = type("Diary", (Model,), {"__module__": "somewhere", "Meta": meta, **fields})
        assert "counsel.E007" in [found.id for found in diary._meta.get_field("words").check()]


def test_it_cannot_be_updated_without_its_row():
    make_client(emergency_contact=WORDS)
    with pytest.raises(FieldError):
        Client.objects.update(emergency_contact="Carla")


def test_it_can_be_written_in_bulk():
    anna, ben = make_client(), make_client()
    anna.emergency_contact, ben.emergency_contact = WORDS, "Carla"
    Client.objects.bulk_update([anna, ben], ["name"])
    anna.save(update_fields=["emergency_contact"])
    assert Client.objects.get(pk=anna.pk).emergency_contact == WORDS
    assert Client.objects.get(pk=ben.pk).emergency_contact == ""


def test_it_is_not_written_out_in_plain_text():
    make_client(emergency_contact=WORDS)
    with pytest.raises(FieldError, match="encrypted"):
        serialize("json", Client._base_manager.all())
