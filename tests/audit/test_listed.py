from __future__ import annotations

import logging

import pytest
from django.db import transaction
from django.urls import reverse

from clients.models import Client
from counsel.audit.chain import chain_check
from counsel.audit.models import AccessEvent, Verb
from counsel.audit.services import NotRecorded, record_listed
from tests.costs import LISTED
from tests.desk.faults import inserts_refused
from tests.factories import make_client, make_counsellor, make_entry
from tests.proving import prove

pytestmark = pytest.mark.django_db
CLIENTS = reverse("admin:clients_client_changelist")


@pytest.fixture
def counsellor(client):
    counsellor = make_counsellor()
    client.force_login(counsellor.user)
    return counsellor


def listed():
    return AccessEvent.objects.filter(verb=Verb.LIST).order_by("sequence")


def test_each_row_of_a_list_leaves_one_event(client, counsellor):
    shown = {make_client(counsellor=counsellor).pk for _ in range(3)}
    make_client()
    answer = client.get(CLIENTS, REMOTE_ADDR="192.0.2.7")
    assert answer.status_code == 200
    events = list(listed())
    assert len(events) == 3
    assert {event.client_id for event in events} == {event.subject_id for event in events} == shown
    for event in events:
        assert (event.actor, event.subject) == (counsellor.user, "clients.client")
        assert event.ip == "192.0.2.7"
    assert len({event.request_id for event in events} - {None}) == 1
    assert chain_check().first_wrong is None


def test_rows_of_other_tables_say_whose_they_are(client, counsellor):
    entry = make_entry(client=make_client(counsellor=counsellor), sharing="shared")
    client.get(reverse("admin:exercises_entry_changelist"))
    (event,) = listed()
    assert (event.subject, event.subject_id) == ("exercises.entry", entry.pk)
    assert event.client_id == entry.client_id


def test_what_a_search_finds_is_listed_and_nobody_else(client, counsellor):
    found = make_client(counsellor=counsellor, name="Noor")
    make_client(counsellor=counsellor, name="Elif")
    client.post(reverse("admin:clients_client_find"), {"q": "Noor"}, follow=True)
    assert {event.client_id for event in listed()} == {found.pk}


def test_an_empty_list_leaves_none(client, counsellor):
    client.get(CLIENTS)
    assert not AccessEvent.objects.exists()


def test_a_longer_list_asks_the_database_no_more(client, counsellor, django_assert_num_queries):
    rows = [(Client, make_client().pk, make_client().pk) for _ in range(50)]
    request = client.get(CLIENTS).wsgi_request
    for some in (rows[:1], rows):
        with django_assert_num_queries(LISTED):
            record_listed(request, some)


@pytest.fixture
def full():
    """A log that takes nothing more."""
    with inserts_refused("audit_accessevent"):
        yield


@pytest.mark.parametrize("page", ["list", "index", "client"])
def test_what_cannot_be_recorded_is_not_shown(client, counsellor, full, page, caplog):
    noor = make_client(counsellor=counsellor, name="Noor")
    at = {
        "list": CLIENTS,
        "index": reverse("admin:index"),
        "client": reverse("admin:clients_client_change", args=[noor.pk]),
    }[page]
    prove(client, counsellor.user)
    with caplog.at_level(logging.ERROR):
        answer = client.get(at)
    assert answer.status_code == 503
    assert "Noor" not in answer.text
    assert "takes no event" in caplog.text
    assert "Noor" not in caplog.text


def test_what_cannot_be_recorded_is_not_changed(client, counsellor, full):
    noor = make_client(counsellor=counsellor, name="Noor")
    with pytest.raises(NotRecorded), transaction.atomic():
        Client.objects.filter(pk=noor.pk).update(name="Other")
        record_listed(client.request().wsgi_request, [(Client, noor.pk, noor.pk)])
    noor.refresh_from_db()
    assert noor.name == "Noor"
