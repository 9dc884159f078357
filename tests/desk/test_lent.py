"""What a colleague reads of a lent record: all that is shared, and nothing changes by it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clients.models import Cover
from clients.services import cover_end
from counsel.audit.models import AccessEvent
from exercises.models import Entry, Review
from tests.desk.faults import inserts_refused
from tests.exercises.measuring import make_measure, risky
from tests.factories import (
    make_addendum,
    make_assignment,
    make_consultation,
    make_counsellor,
    make_cover,
    make_entry,
    make_note,
    make_portal_client,
    make_process_note,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 1, 5, 10, tzinfo=UTC)
OPEN, PRIVATE = "Rotkehlchen", "Kanarienvogel"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def tom():
    return make_counsellor()


@pytest.fixture
def anna(tom):
    """Everything there is to read, and beside it what stays with others."""
    anna = make_portal_client(name="Anna", pronouns="she")
    before = NOW - timedelta(days=2)
    todo = make_assignment(client=anna)
    for sharing, word in (("shared", OPEN), ("private", PRIVATE)):
        words = {"answers": {"words": word}, "sharing": sharing, "happened_at": before}
        make_entry(assignment=todo, **words)
        make_entry(assignment=todo, outcome="could_not", because=word, **words)
    make_entry(assignment=todo, state="draft", answers={"words": PRIVATE})
    make_entry(
        client=anna, version=make_measure(), sharing="shared", answers=risky(1), happened_at=before
    )
    held = make_consultation(client=anna, status="completed", starts_at=before)
    section = [{"heading": "Plan", "text": OPEN}]
    signed = make_note(consultation=held, sections=section, signed_at=before)
    make_addendum(note=signed, text=f"{OPEN} later")
    draft = make_consultation(client=anna, status="completed", starts_at=NOW - timedelta(days=1))
    make_note(consultation=draft, sections=[{"heading": "", "text": PRIVATE}], agreed=PRIVATE)
    make_process_note(client=anna, text=PRIVATE)
    make_cover(client=anna, to=tom)
    return anna


@pytest.fixture
def http(client, tom):
    client.force_login(tom.user)
    return client


def addresses(anna):
    at = f"/admin/cover/{anna.pk}/"
    entries = Entry.objects.shared().filter(client=anna)
    return [
        *(at, f"{at}entries/", f"{at}notes/", f"{at}measures/ed001844d2/"),
        *(f"{at}entries/{entry.pk}/" for entry in entries),
    ]


def answers(http, anna):
    return {http.get(address).status_code for address in addresses(anna)}


def main_of(response):
    page = response.content.decode()
    return page[page.index('<div id="content"') : page.index('id="footer"')]


def test_every_page_is_there_to_read_and_has_no_button(http, anna):
    pages = {address: http.get(address) for address in addresses(anna)}
    assert {page.status_code for page in pages.values()} == {200}
    for address, page in pages.items():
        # Which time the brief is about may be chosen; that is all there is to press.
        body = re.sub(r'<form method="get">.*?</form>', "", main_of(page), flags=re.S)
        assert "<form" not in body and "<button" not in body, address
        elsewhere = [href for href in re.findall(r'href="([^"]*)"', body) if str(anna.pk) in href]
        assert all(href.startswith("/admin/cover/") for href in elsewhere), address
        assert PRIVATE not in page.content.decode(), address
        assert "<title>" in page.content.decode()
        title = re.search(r"<title>(.*?)</title>", page.content.decode(), re.S)[1]
        assert "Anna" not in title and "PHQ" not in title
    read = "".join(main_of(page) for page in pages.values())
    assert read.count(OPEN) >= 4 and f"{OPEN} later" in read


def test_nothing_can_be_sent_to_it(http, anna):
    for address in addresses(anna):
        assert http.post(address, {"reviewed": "yes", "text": "Hello"}).status_code == 405


def test_reading_leaves_no_mark_but_an_event_the_client_sees(http, anna, tom):
    for address in addresses(anna):
        http.get(address)
    assert not Review.objects.exists()
    assert Entry.objects.unread().filter(client=anna).count() == 3
    events = AccessEvent.objects.filter(client_id=anna.pk)
    told = {(event.actor, event.verb, event.reason) for event in events}
    assert told == {(tom.user, "read", "cover")}
    assert events.count() == len(addresses(anna))
    http.force_login(anna.user)
    page = http.get("/my/record/").content.decode()
    assert page.count("looked at it, to stand in") == len(addresses(anna))


def test_what_cannot_be_noted_is_not_shown(http, anna):
    pages = addresses(anna)
    with inserts_refused("audit_accessevent"):
        for address in pages:
            assert http.get(address).status_code == 503


def test_it_is_there_from_its_first_instant_to_its_last(http, anna, clock):
    cover = Cover.objects.get()
    for at, answer in (
        (cover.starts_at - timedelta(seconds=1), 404),
        (cover.starts_at, 200),
        (cover.ends_at - timedelta(seconds=1), 200),
        (cover.ends_at, 404),
    ):
        clock.move_to(at)
        # By the second instant a sign-in of days ago would have run out.
        http.force_login(cover.to.user)
        assert answers(http, anna) == {answer}


def test_ended_it_is_gone_at_once(http, anna):
    assert answers(http, anna) == {200}
    cover_end(cover=Cover.objects.get(), by="client")
    assert answers(http, anna) == {404}
    assert "Anna" not in http.get("/admin/cover/").content.decode()


def test_what_is_taken_back_is_gone_at_once(http, anna):
    entry = Entry.objects.shared().filter(answers__isnull=False).first()
    Entry.objects.filter(pk=entry.pk).update(sharing="private")
    assert http.get(f"/admin/cover/{anna.pk}/entries/{entry.pk}/").status_code == 404


def test_another_clients_entry_is_not_read_through_it(http, anna):
    other = make_entry(client=make_portal_client(counsellor=anna.counsellor), sharing="shared")
    assert http.get(f"/admin/cover/{anna.pk}/entries/{other.pk}/").status_code == 404
    assert http.get(f"/admin/cover/{other.client_id}/").status_code == 404


def test_the_caseload_itself_stays_shut(http, anna):
    for address in (
        f"/admin/clients/client/{anna.pk}/change/",
        f"/admin/clients/client/{anna.pk}/cover/",
        f"/admin/clients/client/{anna.pk}/handover/",
    ):
        assert http.get(address).status_code == 404
    assert "Anna" not in http.get("/admin/clients/client/").content.decode()


@pytest.mark.parametrize("page", ["0", "-1", "x", "999999999999", "%00"])
def test_a_page_number_that_is_none_does_no_harm(http, anna, page):
    answer = http.get(f"/admin/cover/{anna.pk}/entries/?page={page}").status_code
    assert answer == (400 if page == "%00" else 200)


def test_the_lists_take_as_many_queries_for_many_as_for_one(http, anna, tom):
    at = f"/admin/cover/{anna.pk}/"
    lists = ("/admin/cover/", f"{at}entries/", f"{at}notes/")
    http.get("/admin/cover/")
    few = [_queries(http, address) for address in lists]
    for number in range(12):
        make_cover(client=make_portal_client(), to=tom)
        make_entry(client=anna, sharing="shared")
        start = NOW - timedelta(days=10 + number)
        held = make_consultation(client=anna, status="completed", starts_at=start)
        make_addendum(note=make_note(consultation=held, signed_at=NOW))
    assert [_queries(http, address) for address in lists] == few
    assert max(few) <= 14


def _queries(http, address):
    with CaptureQueriesContext(connection) as counted:
        assert http.get(address).status_code == 200
    return len(counted)
