"""A client is erased: every row of theirs, and nobody else's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.db import IntegrityError, connection, transaction
from django.test import Client as Browser

from clients.models import Client
from clients.services import client_restrict
from counsel.accounts.models import User
from counsel.audit.chain import chain_check
from counsel.audit.models import AccessEvent
from counsel.audit.services import record_access
from counsel.records.erased_tables import LEDGER, PATHS, rows_of
from counsel.records.erasing import client_erase, client_erase_if_due
from counsel.records.models import Rule, Tombstone, Underway
from counsel.reminders.models import Reminder
from exercises.models import Entry
from sessions.models import Consultation, ConsultationNote, Hold, NoteAddendum, WaitingEntry
from tests.caseloads import make_caseload
from tests.factories import (
    make_addendum,
    make_client,
    make_consent_document,
    make_consultation,
    make_hold,
    make_note,
    make_partner,
    make_portal_client,
    make_service,
    make_waiting_entry,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 1, 7, 9, tzinfo=UTC)
CANARY, OTHER = "Canary-7Q", "Canary-8R"


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def erase(client):
    return client_erase(client=client, rule=Rule.KEPT_LONG_ENOUGH, now=NOW)


def everything():
    """What the database holds, table by table, as it is stored."""
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            table = connection.ops.quote_name(model._meta.db_table)
            cursor.execute(f"SELECT * FROM {table}")  # noqa: S608
            yield model, [str(row).lower() for row in cursor.fetchall()]


def speaking_of(*marks):
    found = {
        model._meta.label
        for model, rows in everything()
        for row in rows
        if any(mark.lower() in row for mark in marks)
    }
    return found


@pytest.fixture
def caseload():
    make_consent_document()
    caseload = make_caseload(CANARY)
    anna = caseload.client
    # What a caseload of the tests has of somebody else's, or has not at all.
    Hold.objects.filter(pk=caseload.hold.pk).update(email=anna.email.upper())
    WaitingEntry.objects.filter(pk=caseload.waiting.pk).update(email=anna.email)
    anna.addresses.create(channel="email", value=f"quiet-{CANARY}@example.org", verified_at=NOW)
    EmailAddress.objects.create(user=anna.user, email=anna.email, verified=True, primary=True)
    Authenticator.objects.create(user=anna.user, type="totp", data={"secret": CANARY})
    for user in (anna.user, caseload.tie.user):
        Browser().force_login(user)
    LogEntry.objects.create(
        user=caseload.counsellor.user, object_id=str(anna.pk), action_flag=2, object_repr="Client"
    )
    record_access(verb="read", subject=anna, client_id=anna.pk, actor=anna.user)
    return caseload


def test_nothing_of_theirs_is_left_in_any_table(caseload):
    anna = caseload.client
    keys = {
        str(key)
        for model, path in PATHS
        for key in model._base_manager.filter(rows_of(model, path, anna)).values_list(
            "pk", flat=True
        )
    }
    keys |= {key.replace("-", "") for key in keys}
    assert len(keys) > 50 and len(speaking_of(CANARY)) > 10
    erase(anna)
    # Of the counsellor, and of others who are with them.
    left = {"accounts.Counsellor", "exercises.ExerciseVersion", "exercises.Programme"}
    left |= {"clients.CaseloadView", "consultations.ImportedCalendar", "exercises.Exercise"}
    left |= {"clients.Client", "consultations.Hold", "consultations.WaitingEntry"}
    assert speaking_of(CANARY) <= left
    # Whose keys still stand somewhere.
    assert speaking_of(*keys) <= {"audit.AccessEvent", "records.Tombstone"}


def test_who_could_sign_in_cannot_and_is_nobody(caseload):
    user, partner = caseload.client.user, caseload.tie.user
    erase(caseload.client)
    for account in (user, partner):
        account.refresh_from_db()
        assert account.name == "" and not account.is_active
        assert not account.has_usable_password()
        assert account.email == f"{account.pk}@erased.invalid"
    assert not Session.objects.exists()
    assert AccessEvent.objects.filter(actor=user).exists()


def test_an_address_somebody_only_typed_to_sign_in_is_gone(client, caseload):
    session = client.session
    session["account_login"] = {"email": caseload.client.email.upper()}
    session.save()
    erase(caseload.client)
    assert not Session.objects.filter(pk=session.session_key).exists()


def test_others_lose_nothing(caseload):
    other = make_caseload(OTHER)
    count = lambda: {model._meta.label: len(rows) for model, rows in everything()}  # noqa: E731
    rows = {
        (model, path): set(
            model._base_manager.filter(rows_of(model, path, other.client)).values_list("pk")
        )
        for model, path in PATHS
    }
    before = count()
    erase(caseload.client)
    for (model, path), keys in rows.items():
        found = model._base_manager.filter(rows_of(model, path, other.client))
        assert set(found.values_list("pk")) == keys
    assert count()["accounts.User"] == before["accounts.User"]


def test_an_account_that_is_used_elsewhere_stays(caseload):
    user = caseload.client.user
    make_client(user=user)
    erase(caseload.client)
    user.refresh_from_db()
    assert user.is_active and user.email == caseload.client.email


def test_an_account_of_somebodys_partner_stays():
    anna = make_portal_client()
    make_partner(user=anna.user)
    erase(anna)
    anna.user.refresh_from_db()
    assert anna.user.is_active


def test_a_partner_who_is_a_client_too_keeps_their_account(caseload):
    partner = caseload.tie.user
    make_client(user=partner)
    erase(caseload.client)
    partner.refresh_from_db()
    assert partner.is_active


def test_what_was_asked_for_with_a_former_counsellor_is_gone_too():
    anna = make_client()
    former = make_service()
    make_consultation(client=anna, service=former)
    Consultation.objects.update(counsellor=former.counsellor)
    at = NOW + timedelta(days=30)
    make_hold(service=former, email=anna.email, starts_at=at)
    elsewhere = make_hold(service=make_service(), email=anna.email)
    waiting = make_waiting_entry(service=former, client=anna)
    offered = {"email": "other@example.org", "waiting_entry": waiting}
    make_hold(service=former, starts_at=at + timedelta(hours=3), **offered)
    erase(anna)
    assert list(Hold.objects.all()) == [elsewhere]
    assert not WaitingEntry.objects.exists()


def test_the_ledger_knows_nothing_of_them(caseload):
    anna = caseload.client
    plan = {"counsellor": caseload.counsellor, "due_at": NOW, "not_after": NOW, "try_at": NOW}
    for number, (model, name) in enumerate(LEDGER):
        path = dict(PATHS)[model]
        row = model._base_manager.filter(rows_of(model, path, anna)).first()
        if row is not None:
            Reminder.objects.create(
                kind="k", subject=f"{name}:{row.pk}", person="x:1", occurrence=str(number), **plan
            )
    kept = Reminder.objects.create(kind="k", subject="morning:1", person="counsellor:1", **plan)
    assert Reminder.objects.count() > 8
    erase(anna)
    assert list(Reminder.objects.all()) == [kept]


def test_a_tombstone_and_one_event_stay(caseload):
    anna = caseload.client
    erase(anna)
    stone = Tombstone.objects.get()
    assert (stone.client_id, stone.counsellor_id) == (anna.pk, caseload.counsellor.pk)
    assert (stone.erased_at, stone.rule) == (NOW, "kept long enough")
    event = AccessEvent.objects.first()
    assert (event.verb, event.client_id, event.reason) == ("erase", anna.pk, "kept long enough")
    assert chain_check().first_wrong is None
    assert not Underway.objects.exists()


def test_corrections_and_what_came_after_are_no_obstacle():
    anna = make_portal_client()
    from tests.factories import make_assignment, make_entry

    first = make_assignment(client=anna)
    make_assignment(client=anna, after=first, after_days=1, status="waiting")
    entry = make_entry(client=anna)
    make_entry(client=anna, corrects=entry)
    erase(anna)
    assert not Entry.objects.exists() and not Client.objects.exists()


@pytest.mark.parametrize("thing", [Tombstone, AccessEvent])
def test_what_stays_can_be_neither_changed_nor_deleted(caseload, thing):
    erase(caseload.client)
    for act in (
        lambda: thing._base_manager.all().delete(),
        lambda: thing._base_manager.update(created_at=NOW),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()


def test_signed_notes_go_with_the_whole_record_alone():
    note = make_note(signed_at=NOW)
    addendum = make_addendum(note=note)
    draft = make_note()
    for row in (addendum, note):
        with pytest.raises(IntegrityError), transaction.atomic():
            row.delete()
    draft.delete()
    erase(note.consultation.client)
    assert not ConsultationNote.objects.exists() and not NoteAddendum.objects.exists()


def test_nobody_is_erased_who_did_not_ask():
    anna = make_client(status="prospective")
    assert client_erase_if_due(client_id=anna.pk, now=NOW + timedelta(days=9999)) is None
    client_restrict(client=anna, by="client")
    assert client_erase_if_due(client_id=anna.pk, now=NOW) is not None
    assert client_erase_if_due(client_id=anna.pk, now=NOW) is None
    assert not User.objects.filter(email=anna.email).exists()


@pytest.mark.django_db(transaction=True)
def test_nobody_can_leave_the_door_open_by_which_signed_notes_go():
    with pytest.raises(IntegrityError), transaction.atomic():
        Underway.objects.create(client_id=Tombstone().pk)
    assert not Underway.objects.exists()
