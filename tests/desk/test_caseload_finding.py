from __future__ import annotations

import logging

import pytest

from counsel.audit.models import AccessEvent
from tests.factories import make_client, make_counsellor

pytestmark = pytest.mark.django_db
LIST = "/admin/clients/client/"
FIND = f"{LIST}find/"


@pytest.fixture
def counsellor(client):
    counsellor = make_counsellor()
    client.force_login(counsellor.user)
    make_client(counsellor=counsellor, name="Zoë Quill", email="zq@example.org")
    make_client(counsellor=counsellor, name="Ben 100%", email="ben_x@example.org", status="ended")
    make_client(name="Zoë of another", email="zoe@example.org")
    return counsellor


def found(client, words):
    return [row.name for row in client.post(FIND, {"q": words}).context["cl"].result_list]


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("quill", ["Zoë Quill"]),
        ("ZQ@EXAMPLE", ["Zoë Quill"]),
        (" Zoë ", ["Zoë Quill"]),
        ("ben", ["Ben 100%"]),
        # Signs that mean something to the database are letters here.
        ("%", ["Ben 100%"]),
        ("_x", ["Ben 100%"]),
        ("'; --", []),
    ],
)
def test_it_finds_by_name_and_address_whoever_has_ended_included(client, counsellor, words, names):
    assert found(client, words) == names


def test_what_was_typed_stands_in_no_address_and_no_log(client, counsellor, caplog):
    with caplog.at_level(logging.DEBUG):
        response = client.post(FIND, {"q": "Quill"})
    assert response.status_code == 200
    assert response.request["QUERY_STRING"] == ""
    page = response.content.decode()
    title = page.partition("<title>")[2].partition("</title>")[0]
    assert "Quill" not in title
    links = page.split('href="')[1:]
    assert not any("Quill" in link.partition('"')[0] for link in links)
    assert not any(
        "Quill" in record.getMessage()
        for record in caplog.records
        if not record.name.startswith("django.db")
    )
    assert not AccessEvent.objects.filter(reason__icontains="quill").exists()


@pytest.mark.parametrize("words", ["", "  ", "a\x00b", "x" * 121])
def test_what_cannot_be_looked_for_is_said_beside_the_field(client, counsellor, words):
    response = client.post(FIND, {"q": words})
    assert response.status_code == 422
    assert 'id="find-error"' in response.content.decode()
    assert len(response.context["cl"].result_list) == 1


def test_it_is_escaped_where_it_is_repeated(client, counsellor):
    page = client.post(FIND, {"q": "<script>x"}).content.decode()
    assert "&lt;script&gt;x" in page
    assert "<script>x" not in page


def test_to_come_back_leads_to_the_whole_list(client, counsellor):
    assert client.get(FIND).headers["Location"] == LIST
    assert client.get(f"{FIND}?o=1&q=Quill").headers["Location"] == LIST


def test_something_can_be_done_with_whom_it_found(client, counsellor):
    [person] = client.post(FIND, {"q": "Quill"}).context["cl"].result_list
    act = {"action": "paused", "_selected_action": [str(person.pk)], "index": "0"}
    assert client.post(FIND, act).status_code == 302
    person.refresh_from_db()
    assert person.status == "paused"


def test_something_can_be_done_with_who_has_ended(client, counsellor):
    [person] = client.post(FIND, {"q": "ben"}).context["cl"].result_list
    act = {"action": "active", "_selected_action": [str(person.pk)], "index": "0"}
    client.post(FIND, act)
    person.refresh_from_db()
    assert person.status == "active"


def test_nothing_leads_away_from_what_was_found(client, counsellor):
    page = client.post(FIND, {"q": "e"}).content.decode()
    assert 'href="?' not in page
