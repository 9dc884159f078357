"""The desk's pages about records that are to be erased."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients.models import Client, LegalHold
from clients.services import client_restrict
from counsel.audit.models import AccessEvent
from tests.factories import (
    make_client,
    make_consultation,
    make_counsellor,
    make_legal_hold,
    make_manager,
)
from tests.proving import proved

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 1, 7, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def anna():
    anna = make_client(name="Anna Bell")
    make_consultation(client=anna, status="completed", starts_at=NOW - timedelta(days=7))
    return anna


@pytest.fixture
def maya(anna):
    return proved(anna.counsellor.user)


def at(name, *args):
    return reverse(f"admin:erasing{name}", args=args)


def text(response):
    return response.content.decode()


def events():
    return list(AccessEvent.objects.order_by("sequence").values_list("verb", "reason"))


def test_the_page_says_what_is_kept_until_when_and_leaves_an_event(anna, maya):
    body = text(maya.get(at("_client", anna.pk)))
    assert "It is kept for 7 years from 31 December 2029 on and erased on 31 December 2036" in body
    assert events() == [("read", "")]


def test_asked_for_the_record_is_on_the_list_of_those_only_kept(anna, maya):
    assert "Anna Bell" not in text(maya.get(at("")))
    answer = maya.post(at("_ask", anna.pk), {"sure": "on"})
    assert answer["Location"] == at("_client", anna.pk)
    body = text(maya.get(at("")))
    assert "Anna Bell" in body and "erased on 31 Dec 2036" in body
    assert ("change", "erasure asked for") in events()
    assert maya.get(reverse("admin:clients_client_change", args=[anna.pk])).status_code != 200
    assert "Anna Bell" not in text(maya.get(reverse("admin:clients_client_changelist")))


def test_where_nothing_has_to_be_kept_it_is_gone_at_once(anna, maya):
    newcomer = make_client(counsellor=anna.counsellor, status="prospective")
    assert "cannot be brought back" in text(maya.get(at("_client", newcomer.pk)))
    answer = maya.post(at("_ask", newcomer.pk), {"sure": "on"})
    assert answer["Location"] == at("")
    assert not Client.objects.filter(pk=newcomer.pk).exists()
    assert events()[-1] == ("erase", "nothing to keep")


def test_without_the_tick_nothing_happens(anna, maya):
    answer = maya.post(at("_ask", anna.pk), {})
    assert answer.status_code == 422 and "Tick the box first" in text(answer)
    anna.refresh_from_db()
    assert anna.restricted_at is None


def test_what_is_open_is_said_and_refused(anna, maya):
    make_consultation(client=anna, starts_at=NOW + timedelta(days=1))
    for answer in (
        maya.get(at("_client", anna.pk)),
        maya.post(at("_ask", anna.pk), {"sure": "on"}),
    ):
        assert "A consultation is booked. Cancel it first" in text(answer)


def test_it_is_opened_again(anna, maya):
    client_restrict(client=anna, by="client")
    maya.post(at("_undo", anna.pk))
    anna.refresh_from_db()
    assert anna.restricted_at is None
    assert events() == [("change", "erasure taken back")]


def test_a_hold_is_set_shown_and_lifted(anna, maya):
    answer = maya.post(
        at("_hold", anna.pk), {"reason": "A complaint.", "since": "2030-01-07", "until": ""}
    )
    assert answer["Location"] == at("_client", anna.pk)
    body = text(maya.get(at("_client", anna.pk)))
    assert "A complaint." in body and "from 7 Jan 2030 until it is lifted" in body
    hold = LegalHold.objects.get()
    assert hold.set_by == anna.counsellor.user
    maya.post(at("_lift", anna.pk, hold.pk))
    assert "A complaint." not in text(maya.get(at("_client", anna.pk)))
    reasons = [reason for _verb, reason in events() if reason]
    assert reasons == ["legal hold set", "legal hold lifted"]


def test_a_hold_that_cannot_be_is_refused_beside_its_field_and_nothing_is_lost(anna, maya):
    wrong = {"reason": "A complaint.", "since": "2030-01-07", "until": "2030-01-01"}
    answer = maya.post(at("_hold", anna.pk), wrong)
    assert answer.status_code == 422
    body = text(answer)
    assert "must not be before the first" in body and "A complaint." in body
    assert not LegalHold.objects.exists()


def test_a_manager_holds_and_erases_without_learning_who_it_is(anna):
    make_legal_hold(client=anna, reason="What Anna said of it.")
    client_restrict(client=anna, by="client")
    manager = proved(make_manager())
    for body in (text(manager.get(at(""))), text(manager.get(at("_client", anna.pk)))):
        assert str(anna) in body
        assert "Anna" not in body
    answer = manager.post(
        at("_hold", anna.pk), {"reason": "The insurer asks.", "since": "2030-01-07", "until": ""}
    )
    assert answer.status_code == 302
    assert "The insurer asks." in text(manager.get(at("_client", anna.pk)))


def test_another_counsellor_finds_nothing_there(anna):
    client_restrict(client=anna, by="client")
    hold = make_legal_hold(client=anna)
    other = proved(make_counsellor().user)
    assert "Anna" not in text(other.get(at("")))
    assert other.get(at("_client", anna.pk)).status_code == 404
    for act in ("_ask", "_undo", "_hold"):
        assert other.post(at(act, anna.pk), {"sure": "on"}).status_code == 404
    assert other.post(at("_lift", anna.pk, hold.pk)).status_code == 404
    anna.refresh_from_db()
    assert anna.restricted_at is not None


@pytest.mark.parametrize("act", ["_ask", "_undo", "_hold"])
def test_who_has_not_just_shown_who_they_are_is_asked_first(anna, client, act):
    client.force_login(anna.counsellor.user)
    answer = client.post(at(act, anna.pk), {"sure": "on", "reason": "x", "since": "2030-01-07"})
    assert answer.status_code == 401 and "reauthenticate" in answer.text
    anna.refresh_from_db()
    assert anna.restricted_at is None and not LegalHold.objects.exists()


def test_the_list_costs_the_same_for_many(anna, maya):
    def listed(count):
        for _number in range(count):
            other = make_client(counsellor=anna.counsellor)
            make_legal_hold(client=other)
            client_restrict(client=other, by="client")
        with CaptureQueriesContext(connection) as queries:
            assert maya.get(at("")).status_code == 200
        return len(queries)

    assert listed(1) == listed(3)
