from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError, connection, transaction

from counsel.audit import guards
from counsel.audit.chain import chain_check
from counsel.audit.models import AccessEvent, Verb
from counsel.audit.services import record_access
from tests.factories import make_client
from tests.roles import as_application, as_owner

pytestmark = pytest.mark.django_db


def write(count=1, **fields):
    anna = make_client(name="Anna Canary", email="canary@example.org")
    fields.setdefault("verb", Verb.READ)
    fields.setdefault("actor", anna.counsellor.user)
    for _number in range(count):
        event = record_access(subject=anna, client_id=anna.pk, **fields)
    return anna, event


def run(sql, *values) -> None:
    """As whoever owns the tables."""
    with transaction.atomic(), as_owner(), connection.cursor() as cursor:
        cursor.execute(sql, values)


def without_guard(sql, *values) -> None:
    """What somebody with full rights on the database could still do."""
    if connection.vendor == "sqlite":
        run(f"DROP TRIGGER {guards.NAME}_update")
        run(f"DROP TRIGGER {guards.NAME}_delete")
    else:
        # Foreign keys are checked at the end of a transaction; until then the table is fixed.
        run("SET CONSTRAINTS ALL IMMEDIATE")
        run(f"ALTER TABLE audit_accessevent DISABLE TRIGGER {guards.NAME}")
    run(sql, *values)


def test_it_writes_who_did_what_to_which_record():
    anna, event = write(reason="asked by phone")
    event.refresh_from_db()
    assert (event.actor, event.verb, event.reason) == (
        anna.counsellor.user,
        "read",
        "asked by phone",
    )
    assert (event.subject, event.subject_id, event.client_id) == (
        "clients.client",
        anna.pk,
        anna.pk,
    )


def test_it_takes_actor_and_address_from_the_request(rf):
    request = rf.get("/", REMOTE_ADDR="192.0.2.1")
    anna = make_client()
    request.user = anna.counsellor.user
    event = record_access(verb=Verb.READ, subject=anna, client_id=anna.pk, request=request)
    assert (event.actor, event.ip) == (anna.counsellor.user, "192.0.2.1")


def test_it_writes_no_actor_for_a_stranger(rf):
    request = rf.get("/")
    request.user = AnonymousUser()
    anna = make_client()
    event = record_access(verb=Verb.CHANGE, subject=anna, client_id=anna.pk, request=request)
    assert event.actor is None


def test_it_holds_nothing_of_the_record():
    write()
    row = " ".join(str(value) for value in AccessEvent.objects.values().get().values())
    assert "canary" not in row.lower()


def test_it_finds_an_untouched_chain_whole():
    write(count=3)
    assert chain_check().first_wrong is None
    assert list(AccessEvent.objects.values_list("sequence", flat=True)) == [3, 2, 1]


def test_it_finds_nothing_wrong_with_an_empty_log():
    assert chain_check().first_wrong is None


@pytest.mark.parametrize(
    ("sql", "first_wrong"),
    [
        ("UPDATE audit_accessevent SET reason = 'x' WHERE sequence = 2", 2),
        ("UPDATE audit_accessevent SET hash = previous_hash WHERE sequence = 3", 3),
        ("UPDATE audit_accessevent SET sequence = 9 WHERE sequence = 3", 3),
        ("DELETE FROM audit_accessevent WHERE sequence = 1", 1),
        ("DELETE FROM audit_accessevent WHERE sequence = 2", 2),
    ],
)
def test_it_finds_what_was_tampered_with(sql, first_wrong):
    write(count=3)
    without_guard(sql)
    assert chain_check().first_wrong == first_wrong


@pytest.mark.parametrize(
    "sql",
    ["UPDATE audit_accessevent SET reason = 'x'", "DELETE FROM audit_accessevent"],
)
def test_the_database_refuses_to_change_or_delete_an_event(sql):
    write()
    with pytest.raises(DatabaseError, match=guards.NAME):
        run(sql)
    assert AccessEvent.objects.get().reason == ""


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite knows no roles")
@pytest.mark.parametrize(
    "sql",
    ["UPDATE audit_accessevent SET reason = 'x'", "DELETE FROM audit_accessevent"],
)
def test_the_application_may_not_even_try(sql):
    write()
    with (
        as_application(),
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)
    assert AccessEvent.objects.get().reason == ""


def test_it_notes_the_readers_address_not_the_proxys(rf, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    request = rf.get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="203.0.113.9")
    request.user = AnonymousUser()
    _anna, event = write(request=request)
    assert event.ip == "203.0.113.9"


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("2001:DB8:0:0::1", "2001:db8::1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("fe80::1%eth0", "fe80::1"),
    ],
)
def test_it_keeps_the_chain_whole_whatever_form_an_address_comes_in(rf, address, kept):
    request = rf.get("/", REMOTE_ADDR=address)
    request.user = AnonymousUser()
    write(request=request)
    assert AccessEvent.objects.get().ip == kept
    assert chain_check().first_wrong is None
