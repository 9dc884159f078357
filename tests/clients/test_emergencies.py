from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.http import Http404

from clients.access import client_open_to
from clients.models import EmergencyAccess
from clients.services import emergency_access_open, emergency_access_review
from counsel.common.errors import ConflictError, DomainError
from counsel.reminders.models import Reminder
from tests.factories import (
    make_client,
    make_counsellor,
    make_emergency_access,
    make_manager,
    make_user,
)

pytestmark = pytest.mark.django_db
# An hour in which London has 01:30 twice, and one in which it has none.
BACK, FORWARD = datetime(2030, 10, 27, 0, 30, tzinfo=UTC), datetime(2030, 3, 31, 0, 30, tzinfo=UTC)


@pytest.fixture
def noor():
    return make_client(name="Noor Haddad", email="noor@example.org")


@pytest.fixture
def colleague():
    return make_counsellor().user


def may_read(user, client, at):
    try:
        return client_open_to(user, client.pk, at) == client
    except Http404:
        return False


@pytest.mark.parametrize("at", [BACK, FORWARD])
@pytest.mark.parametrize("who", ["noor haddad", "  NOOR@example.org "])
def test_it_is_open_for_sixty_minutes_and_to_nobody_else(noor, colleague, at, who):
    with time_machine.travel(at, tick=False):
        access = emergency_access_open(by=colleague, who=who, reason="They said goodbye.")
    assert access.client == noor
    end = at + timedelta(minutes=60)
    just = timedelta(microseconds=1)
    reading = [may_read(colleague, noor, it) for it in (at - just, at, end - just, end)]
    assert reading == [False, True, True, False]
    for other in (make_counsellor().user, make_manager()):
        assert not may_read(other, noor, at)


def test_their_counsellor_is_told_at_once(noor, colleague):
    emergency_access_open(by=colleague, who=noor.name, reason="x")
    reminder = Reminder.objects.get(kind="emergency_access")
    assert reminder.person == f"counsellor:{noor.counsellor_id}"
    assert reminder.due_at == EmergencyAccess.objects.get().began_at


def test_once_more_within_the_hour_is_the_same(noor, colleague):
    first = emergency_access_open(by=colleague, who=noor.name, reason="x")
    assert emergency_access_open(by=colleague, who=noor.name, reason="y") == first
    assert Reminder.objects.filter(kind="emergency_access").count() == 1


@pytest.mark.parametrize("who", ["", "Noor", "Haddad", "noor@", "%", "nobody@example.org"])
def test_part_of_a_name_opens_nothing(noor, colleague, who):
    with pytest.raises(DomainError) as refused:
        emergency_access_open(by=colleague, who=who, reason="x")
    assert refused.value.field == "who"
    assert not EmergencyAccess.objects.exists()


def test_two_of_one_name_are_not_guessed_between(noor, colleague):
    make_client(name="Noor Haddad")
    with pytest.raises(DomainError, match="Several"):
        emergency_access_open(by=colleague, who="Noor Haddad", reason="x")


def test_ones_own_needs_no_emergency(noor):
    with pytest.raises(DomainError):
        emergency_access_open(by=noor.counsellor.user, who=noor.name, reason="x")


def test_what_is_only_kept_stays_shut(noor, colleague):
    emergency_access_open(by=colleague, who=noor.name, reason="x")
    noor.restricted_at = now = datetime.now(UTC)
    noor.restricted_by = "client"
    noor.save()
    assert not may_read(colleague, noor, now)
    with pytest.raises(DomainError):
        emergency_access_open(by=make_manager(), who=noor.name, reason="x")


def test_without_a_reason_it_stays_shut(noor, colleague):
    with pytest.raises(DomainError) as refused:
        emergency_access_open(by=colleague, who=noor.name, reason="  ")
    assert refused.value.field == "reason"


def test_a_client_or_somebody_who_left_opens_nothing(noor):
    access = make_emergency_access(client=noor)
    at = access.began_at
    assert may_read(access.by, noor, at)
    access.by.is_active = False
    access.by.save()
    assert not may_read(access.by, noor, at)
    stranger = make_user()
    make_emergency_access(client=noor, by=stranger)
    assert not may_read(stranger, noor, at)


def test_somebody_else_looks_at_it_once(noor):
    access = make_emergency_access(client=noor)
    with pytest.raises(DomainError, match="Somebody else"):
        emergency_access_review(access=access, by=access.by, words="Fine.")
    with pytest.raises(DomainError) as refused:
        emergency_access_review(access=access, by=noor.counsellor.user, words=" ")
    assert refused.value.field == "words"
    emergency_access_review(access=access, by=noor.counsellor.user, words="It was needed.")
    access.refresh_from_db()
    assert (access.reviewed_by, access.review) == (noor.counsellor.user, "It was needed.")
    with pytest.raises(ConflictError):
        emergency_access_review(access=access, by=make_manager(), words="No.")


@pytest.mark.parametrize(
    "change",
    [
        "ends_at = began_at",
        "reviewed_by_id = by_id, reviewed_at = ends_at",
        "reviewed_at = ends_at",
    ],
)
def test_the_database_refuses_what_must_never_be(noor, change):
    make_emergency_access(client=noor)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE clients_emergencyaccess SET {change}")  # noqa: S608
