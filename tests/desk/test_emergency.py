from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from clients.models import EmergencyAccess
from counsel.audit.models import AccessEvent, Verb
from tests.costs import LISTED
from tests.factories import (
    make_client,
    make_consultation,
    make_counsellor,
    make_emergency_access,
    make_entry,
    make_manager,
    make_note,
    make_process_note,
)
from tests.proving import proved

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 1, 7, 8, tzinfo=UTC)
PAGE, OPEN = reverse("admin:emergency"), reverse("admin:emergency_open")
SENT = {"who": "Noor Haddad", "reason": "They said goodbye."}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def noor():
    noor = make_client(name="Noor Haddad", emergency_contact="Sister, 555 0100")
    make_entry(client=noor, sharing="shared", answers={"words": "Shared-1"})
    make_entry(client=noor, sharing="private", answers={"words": "Private-2"})
    held = make_consultation(client=noor, status="completed", starts_at=NOW - timedelta(days=2))
    make_note(consultation=held, sections=[{"heading": "", "text": "Signed-3"}], signed_at=NOW)
    make_process_note(client=noor, text="Process-4")
    return noor


@pytest.fixture(params=["counsellor", "manager"])
def reader(request):
    return make_counsellor().user if request.param == "counsellor" else make_manager()


def pages_of(client):
    entries = [reverse("admin:cover_entry", args=[client.pk, it.pk]) for it in client.entries.all()]
    names = ("cover_client", "cover_entries", "cover_notes")
    return [*(reverse(f"admin:{name}", args=[client.pk]) for name in names), *entries]


def read(browser, client):
    """All that the pages tell, and their answers."""
    answers = [browser.get(page) for page in pages_of(client)]
    return " ".join(it.text for it in answers if it.status_code == 200), [
        it.status_code for it in answers
    ]


def test_nobody_reads_it_before_and_the_one_who_opens_it_for_an_hour(noor, reader, clock):
    browser = proved(reader)
    assert set(read(browser, noor)[1]) == {404}
    answer = browser.post(OPEN, SENT)
    assert answer["Location"] == reverse("admin:cover_client", args=[noor.pk])
    words, codes = read(browser, noor)
    assert sorted(codes) == [200, 200, 200, 200, 404]
    assert "Shared-1" in words and "Signed-3" in words
    assert "Private-2" not in words and "Process-4" not in words
    assert "555 0100" in words
    clock.shift(timedelta(minutes=60))
    assert set(read(proved(reader), noor)[1]) == {404}


def test_it_changes_nothing(noor, reader):
    browser = proved(reader)
    browser.post(OPEN, SENT)
    for page in pages_of(noor):
        browser.post(page, {"text": "x", "reviewed": "yes"})
    entry = noor.entries.get(sharing="shared")
    assert not entry.replies.exists() and not hasattr(entry, "review")


def test_each_look_says_that_it_was_an_emergency_and_the_client_sees_it(noor, reader):
    browser = proved(reader)
    browser.post(OPEN, SENT)
    read(browser, noor)
    events = AccessEvent.objects.filter(client_id=noor.pk, actor=reader, verb=Verb.READ)
    assert events.count() == 4
    assert {event.reason for event in events} == {"emergency"}


def test_who_has_not_just_shown_who_they_are_is_asked_first(noor, reader, client):
    client.force_login(reader)
    answer = client.post(OPEN, SENT)
    assert answer.status_code == 401 and "They said goodbye." in answer.text
    assert not EmergencyAccess.objects.exists()


def test_what_was_typed_stays_and_tries_run_out(noor, reader):
    browser = proved(reader)
    for _try in range(5):
        answer = browser.post(OPEN, {**SENT, "who": "Canary-7Q"})
        assert answer.status_code == 422 and "They said goodbye." in answer.text
    refused = AccessEvent.objects.filter(verb=Verb.REFUSE, actor=reader)
    assert refused.count() == 5
    assert "Canary" not in str(list(AccessEvent.objects.values()))
    assert "many tries" in browser.post(OPEN, SENT).text
    assert not EmergencyAccess.objects.exists()


def test_their_counsellor_is_asked_to_look_and_writes_what_they_found(noor):
    access = make_emergency_access(client=noor, by=make_manager(name="Ida Manager"))
    browser = proved(noor.counsellor.user)
    assert "was opened in an emergency" in browser.get("/admin/").text
    page = browser.get(PAGE).text
    assert "Noor Haddad" in page and "Ida Manager" in page and "not safe" in page
    at = reverse("admin:emergency_review", args=[access.pk])
    empty = browser.post(at, {f"{access.pk}-words": " "})
    assert empty.status_code == 422
    browser.post(at, {f"{access.pk}-words": "I called her. It was right."})
    access.refresh_from_db()
    assert (access.reviewed_by, access.review) == (
        noor.counsellor.user,
        "I called her. It was right.",
    )
    assert "was opened in an emergency" not in browser.get("/admin/").text
    assert "It was right." in browser.get(PAGE).text


def test_a_manager_looks_too_and_is_told_no_name(noor):
    access = make_emergency_access(client=noor, by=make_counsellor().user)
    manager = make_manager()
    browser = proved(manager)
    page = browser.get(PAGE).text
    assert "Noor" not in page and "not safe" not in page
    assert f"a client of {noor.counsellor.display_name}" in page
    browser.post(
        reverse("admin:emergency_review", args=[access.pk]), {f"{access.pk}-words": "Asked."}
    )
    assert EmergencyAccess.objects.get().reviewed_by == manager


def test_nobody_looks_at_their_own_and_strangers_find_none(noor):
    access = make_emergency_access(client=noor)
    at = reverse("admin:emergency_review", args=[access.pk])
    sent = {f"{access.pk}-words": "Fine."}
    assert proved(access.by).post(at, sent).status_code == 422
    assert proved(make_counsellor().user).post(at, sent).status_code == 404
    access.refresh_from_db()
    assert access.reviewed_at is None


@pytest.mark.parametrize("many", [1, 12])
def test_the_list_costs_the_same_for_many(noor, many, django_assert_max_num_queries):
    for _number in range(many):
        make_emergency_access(client=noor)
    browser = proved(noor.counsellor.user)
    browser.get(PAGE)
    with django_assert_max_num_queries(7 + LISTED):
        browser.get(PAGE)
