"""A new key takes over from the old one, whatever the rows are and wherever it was cut off."""

# ruff: noqa: S608

from __future__ import annotations

import os
from io import StringIO

import psycopg
import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.utils import decrypt
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from clients.models import Client
from counsel.audit.models import AccessEvent
from counsel.common.encryption import CannotOpenError, sealed_by
from counsel.common.fields import EncryptedField, Sealed
from counsel.keys import rotation, sweeping
from counsel.keys.keyring import keys_settle, known_key_ids, sealed_counts
from counsel.keys.places import places
from sessions.models import Consultation, ConsultationNote
from tests.factories import (
    make_addendum,
    make_client,
    make_consultation,
    make_entry,
    make_note,
    make_process_note,
    make_talking_point,
    make_user,
)

pytestmark = pytest.mark.django_db

OLD = {"k1": b"t" * 32}  # as in tests/settings.py
NEW = {"k2": b"2" * 32}


@pytest.fixture
def new_key(settings):
    """Puts the new key in front, as one does before a rotation."""

    def put() -> None:
        settings.CONTENT_KEYS = {**NEW, **OLD}
        keys_settle()

    return put


def rotate(**options) -> str:
    said = StringIO()
    call_command("rotate_keys", hurry=True, stdout=said, **options)
    return said.getvalue()


def sealed_with() -> dict[str, int]:
    totals: dict[str, int] = {}
    for counts in sealed_counts(known_key_ids()).values():
        for key_id, number in counts.items():
            totals[key_id] = totals.get(key_id, 0) + number
    return {key_id: number for key_id, number in totals.items() if number}


def test_everything_reads_without_the_old_key(new_key, settings):
    anna = make_client(phone="030 1", emergency_contact="Ben")
    entry = make_entry(answers={"words": "I said it"}, because="tired")
    note = make_note(agreed="Walk.", signed_at=timezone.now())
    addendum = make_addendum(note=note, text="And sleep.")
    booked = make_consultation(overlap_reason="both together", words="See you", intake=[{"a": 1}])
    process, point = make_process_note(text="Mine."), make_talking_point(text="My sister")
    user = make_user()
    TOTP.activate(user, "SECRET")
    codes = RecoveryCodes.activate(user).generate_codes()
    new_key()
    rotate()
    assert set(sealed_with()) == {"k2"}

    settings.CONTENT_KEYS = NEW
    keys_settle()
    for row, field in (
        *((anna, "phone"), (anna, "emergency_contact"), (entry, "answers"), (entry, "because")),
        *((note, "agreed"), (note, "sections"), (addendum, "text"), (process, "text")),
        *((booked, "overlap_reason"), (booked, "words"), (booked, "intake"), (point, "text")),
    ):
        found = type(row)._base_manager.get(pk=row.pk)
        assert getattr(found, field) == getattr(row, field)
    totp, recovery = Authenticator.objects.order_by("type").reverse()
    assert decrypt(totp.data["secret"]) == "SECRET"
    assert RecoveryCodes(recovery).generate_codes() == codes


def test_nothing_but_sealed_values_changes(new_key):
    make_note(signed_at=timezone.now())
    make_consultation(overlap_reason="both together")
    models = (ConsultationNote, Consultation)
    plain = {
        model: [
            field.attname
            for field in model._meta.concrete_fields
            if not isinstance(field, EncryptedField)
        ]
        for model in models
    }
    rows = [list(model._base_manager.values(*plain[model])) for model in models]
    new_key()
    rotate()
    assert rows == [list(model._base_manager.values(*plain[model])) for model in models]


def test_cut_off_after_any_batch_it_goes_on_from_there(new_key):
    for number in range(5):
        make_client(phone=str(number))
    new_key()
    (clients,) = [place for place in places() if place.name == "clients.client"]
    cut_off = clients.sweep(batch=2)
    next(cut_off)
    cut_off.close()
    assert clients.left() == 3
    assert sorted(client.phone for client in Client._base_manager.all()) == list("01234")

    again = [swept.rows for swept in clients.sweep(batch=2)]
    assert again == [2, 1]
    assert clients.left() == 0
    assert sorted(client.phone for client in Client._base_manager.all()) == list("01234")


def test_run_again_it_finds_nothing_to_do(new_key):
    make_client()
    new_key()
    rotate()
    stored = list(Client._base_manager.values_list("phone", flat=True))
    assert "clients.client: 0 rows sealed anew" in rotate()
    assert list(Client._base_manager.values_list("phone", flat=True)) == stored


def test_asked_what_there_is_to_do_it_changes_nothing(new_key):
    make_client()
    new_key()
    assert "clients.client: 1 rows to seal anew" in rotate(dry_run=True)
    assert set(sealed_with()) == {"k1"}


def test_a_value_that_does_not_open_is_left_and_said_and_stops_no_other(new_key, monkeypatch):
    anna, ben = make_client(phone="030 1"), make_client(phone="030 2")
    broken = Sealed("v1:k1:" + "A" * 60)
    Client._base_manager.filter(pk=anna.pk).update(phone=broken)
    new_key()
    monkeypatch.setattr(rotation, "LOOKS_APART", 0)
    with pytest.raises(CommandError, match="keep the older ones"):
        rotate()
    assert sealed_with()["k1"] == 3  # all three of that row: it may still be mended
    assert Client._base_manager.get(pk=ben.pk).phone == "030 2"
    with pytest.raises(CannotOpenError):
        _ = Client._base_manager.get(pk=anna.pk).phone


def test_a_broken_secret_for_signing_in_stops_no_other(new_key, monkeypatch):
    TOTP.activate(make_user(), "SECRET")
    Authenticator.objects.update(data={"secret": "v1:k1:" + "A" * 60})
    TOTP.activate(make_user(), "OTHER")
    new_key()
    with pytest.raises(CommandError):
        rotate()
    (secrets,) = [place for place in places() if place.name == "mfa.authenticator"]
    assert secrets.count(["k1", "k2"]) == {"k1": 1, "k2": 1}


def test_the_access_log_tells_when_it_began_and_ended(new_key):
    make_client()
    new_key()
    rotate()
    ended, began = AccessEvent.objects.order_by("-sequence")
    assert (began.reason, ended.reason) == (
        "content key rotation began, by command",
        "content key rotation ended, by command",
    )
    assert (began.subject, began.actor, began.client_id) == ("keys.contentkey", None, None)


def test_keys_shows_how_much_each_has_sealed(new_key):
    make_client()
    new_key()
    make_client()
    said = StringIO()
    call_command("keys", stdout=said)
    assert said.getvalue().splitlines()[0].split() == ["k2", "k1", "?"]
    (clients,) = [line for line in said.getvalue().splitlines() if "clients.client" in line]
    assert clients.split() == ["clients.client", "3", "3", "0"]


def test_keys_is_red_where_a_value_has_a_key_that_nobody_knows():
    anna = make_client()
    Client._base_manager.filter(pk=anna.pk).update(phone=Sealed("v1:gone:" + "A" * 60))
    with pytest.raises(CommandError, match="1 values were sealed with a key nobody knows"):
        call_command("keys", stdout=StringIO())


def test_a_save_between_reading_and_sealing_is_not_undone(new_key):
    anna = make_client(phone="030 1")
    new_key()
    fields = sweeping.encrypted_fields(Client)
    start = sealed_by("k2")
    rows = sweeping._taken(Client, fields, start, None, 10)
    anna.phone = "030 2"
    anna.save(update_fields=["phone"])
    sweeping._changed(Client, fields, rows, start, EncryptedField.resealed)
    assert Client._base_manager.get(pk=anna.pk).phone == "030 2"


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time")
def test_a_row_that_somebody_holds_is_passed_over_and_not_waited_for(new_key):
    anna = make_client()
    make_client()
    new_key()
    (clients,) = [place for place in places() if place.name == "clients.client"]
    with psycopg.connect(
        os.environ["DATABASE_URL"], dbname=connection.settings_dict["NAME"]
    ) as other:
        other.execute("SELECT 1 FROM clients_client WHERE id = %s FOR UPDATE", [anna.pk])
        assert [swept.rows for swept in clients.sweep()] == [1]
        assert clients.left() == 1
    assert [swept.rows for swept in clients.sweep()] == [1]
    assert clients.left() == 0


def test_what_stood_in_clear_is_sealed_and_what_was_empty_is_empty():
    clients = [make_client() for _ in range(3)]
    reasons = [make_consultation() for _ in range(2)]
    _store("clients_client", "phone", clients[0], "030 1")
    _store("consultations_consultation", "overlap_reason", reasons[0], "both together")
    for _ in range(2):  # begun anew it changes nothing
        sweeping.seal_plain(Client, {"phone", "pronouns"})
        sweeping.seal_plain(Consultation, {"overlap_reason"})
    phones = [Client._base_manager.get(pk=row.pk).phone for row in clients]
    assert phones == ["030 1", "", ""]
    found = [Consultation._base_manager.get(pk=row.pk) for row in reasons]
    assert [row.__dict__["overlap_reason"].stored()[:6] for row in found] == ["v1:k1:", ""]
    assert [row.overlap_reason for row in found] == ["both together", ""]


def _store(table, column, row, text) -> None:
    key = row._meta.pk.get_db_prep_value(row.pk, connection)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {column} = %s WHERE id = %s", [text, key])
