"""Who looked at or changed a client's record from the desk, and what happens when it cannot
be written down."""

from __future__ import annotations

import pytest

from counsel.audit.models import AccessEvent
from tests.desk.faults import inserts_refused
from tests.factories import (
    make_assignment,
    make_client,
    make_counsellor,
    make_entry,
    make_manager,
    make_version,
)

pytestmark = pytest.mark.django_db
CANARY = "Canary-7Q"


@pytest.fixture
def entry(client):
    person = make_client(name=CANARY)
    client.force_login(person.counsellor.user)
    return make_entry(
        assignment=make_assignment(client=person, rationale=CANARY),
        sharing="shared",
        answers={"words": CANARY},
    )


def pages_of(entry):
    person, assignment = entry.client, entry.assignment
    return {
        f"/admin/clients/client/{person.pk}/change/": person,
        f"/admin/clients/client/{person.pk}/history/": person,
        f"/admin/clients/client/{person.pk}/progress/": person,
        f"/admin/clients/client/{person.pk}/entries/{entry.pk}/": entry,
        f"/admin/exercises/assignment/{assignment.pk}/change/": assignment,
        f"/admin/exercises/assignment/{assignment.pk}/history/": assignment,
        f"/admin/exercises/assignment/{assignment.pk}/withdraw/": assignment,
        f"/admin/exercises/entry/{entry.pk}/history/": entry,
    }


def test_it_writes_one_event_for_each_look_at_a_record(client, entry):
    for number, (url, subject) in enumerate(pages_of(entry).items(), start=1):
        assert client.get(url).status_code == 200
        assert AccessEvent.objects.count() == number
        event = AccessEvent.objects.first()
        assert (event.verb, event.subject_id) == ("read", subject.pk)
        assert event.client_id == entry.client_id
        assert event.actor == entry.client.counsellor.user
        assert event.ip == "127.0.0.1"
        assert event.request_id


def test_it_shows_nothing_that_cannot_be_written_down(client, entry):
    client.raise_request_exception = False
    with inserts_refused("audit_accessevent"):
        for url in pages_of(entry):
            response = client.get(url)
            assert response.status_code == 503
            assert CANARY not in response.content.decode()


def test_it_changes_nothing_that_cannot_be_written_down(client, entry):
    client.raise_request_exception = False
    person = f"/admin/clients/client/{entry.client_id}/"
    form = {"exercise": make_version().pk, "rationale": "x", "rhythm": "daily"}
    with inserts_refused("audit_accessevent"):
        client.post(f"{person}assign/", {**form, "starts_on": "2030-01-01"})
        client.post(f"{person}entries/{entry.pk}/", {"text": "Hello"})
        client.post(f"{person}entries/{entry.pk}/", {"reviewed": "yes"})
        client.post(f"/admin/exercises/assignment/{entry.assignment_id}/withdraw/")
    entry.assignment.refresh_from_db()
    assert entry.assignment.status == "active"
    assert entry.client.assignments.count() == 1
    assert not entry.replies.exists()
    assert not hasattr(entry, "review")


def test_it_writes_changes_down(client, entry):
    person = f"/admin/clients/client/{entry.client_id}/"
    form = {"exercise": make_version().pk, "rationale": "x", "rhythm": "daily"}
    client.post(f"{person}assign/", {**form, "starts_on": "2030-01-01"})
    client.post(f"{person}entries/{entry.pk}/", {"text": "Hello"})
    client.post(f"{person}entries/{entry.pk}/", {"reviewed": "yes"})
    client.post(f"/admin/exercises/assignment/{entry.assignment_id}/withdraw/")
    written = AccessEvent.objects.order_by("sequence").values_list("verb", "subject")
    assert list(written) == [
        ("create", "exercises.assignment"),
        ("create", "exercises.reply"),
        ("change", "exercises.entry"),
        ("change", "exercises.assignment"),
    ]


def test_it_writes_nothing_down_for_a_page_that_was_refused(client, entry):
    client.force_login(make_counsellor().user)
    for url in pages_of(entry):
        assert client.get(url).status_code == 404
    assert not AccessEvent.objects.exists()


def test_it_shows_managers_the_log_without_a_name_or_an_address_of_a_client(client, entry):
    for url in pages_of(entry):
        client.get(url)
    client.force_login(make_manager())
    page = client.get("/admin/audit/accessevent/").content.decode()
    assert str(entry.client_id)[:8] in page
    assert CANARY not in page
    assert entry.client.email not in page


def test_it_keeps_the_log_from_counsellors(client, entry):
    assert client.get("/admin/audit/accessevent/").status_code == 403


@pytest.mark.parametrize("page", ["add", "{}/delete", "{}/change"])
def test_it_lets_nobody_change_the_log(client, entry, page):
    client.get(next(iter(pages_of(entry))))
    client.force_login(make_manager())
    url = f"/admin/audit/accessevent/{page.format(AccessEvent.objects.get().pk)}/"
    assert client.post(url, {"post": "yes", "reason": "x"}).status_code == 403
    assert AccessEvent.objects.get().reason == ""
