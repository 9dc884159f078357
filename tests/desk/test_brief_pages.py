"""What is done from the brief, and the brief on paper."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from counsel.audit.models import AccessEvent, Verb
from counsel.desk.brief import Choice, brief_of
from counsel.desk.brief.paper import document_of
from exercises.models import PinnedQuote, Reply, Review, RiskFlag
from tests.desk.faults import inserts_refused
from tests.factories import (
    make_assignment,
    make_client,
    make_consultation,
    make_counsellor,
    make_entry,
    make_note,
    make_talking_point,
    make_version,
)
from tests.proving import prove

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 1, 18, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def person(client):
    person = make_client(name="Ravi Canary-7Q")
    client.force_login(person.counsellor.user)
    prove(client, person.counsellor.user)
    return person


@pytest.fixture
def entry(person):
    return shared(person)


def shared(person, text="I stayed."):
    fields = [{"key": "words", "kind": "long_text", "label": "Words"}]
    version = make_version(steps=[{"key": "one", "title": "One", "fields": fields}])
    happened_at = NOW - timedelta(hours=1)
    answers = {"words": text}
    return make_entry(
        client=person, version=version, sharing="shared", happened_at=happened_at, answers=answers
    )


def post(client, name, *args, **data):
    return client.post(reverse(f"admin:clients_client_{name}", args=args), data)


def test_words_are_pinned_and_taken_off_from_the_brief(client, person, entry):
    page = reverse("admin:clients_client_change", args=[person.pk])
    for do, count in (("pin", 1), ("unpin", 0)):
        answer = post(client, "pin", person.pk, entry.pk, field="words", do=do)
        assert answer["Location"] == page
        assert PinnedQuote.objects.count() == count
        assert ("pinned</span>" in client.get(page).content.decode()) is bool(count)
    changes = AccessEvent.objects.filter(verb=Verb.CHANGE, client_id=person.pk)
    assert changes.count() == 2


def test_any_words_are_pinned_on_the_page_of_their_entry(client, person, entry):
    page = reverse("admin:clients_client_entry", args=[person.pk, entry.pk])
    for do, then in (("pin", "unpin"), ("unpin", "pin")):
        assert f'name="do" value="{do}"' in client.get(page).content.decode()
        answer = post(client, "pin", person.pk, entry.pk, field="words", do=do, back="entry")
        assert answer["Location"] == page
        assert f'name="do" value="{then}"' in client.get(page).content.decode()


def test_a_fourth_is_refused_in_words(client, person):
    for _ in range(4):
        answer = post(client, "pin", person.pk, shared(person).pk, field="words", do="pin")
    assert PinnedQuote.objects.count() == 3
    assert "Three are pinned already" in client.get(answer["Location"]).content.decode()


def test_nothing_is_pinned_for_a_stranger_or_under_another_client(client, person, entry):
    other = make_client(counsellor=person.counsellor)
    assert post(client, "pin", other.pk, entry.pk, field="words").status_code == 404
    client.force_login(make_counsellor().user)
    assert post(client, "pin", person.pk, entry.pk, field="words").status_code == 404
    assert not PinnedQuote.objects.exists()


def test_what_the_page_listed_is_ticked_and_nothing_else(client, person, entry):
    later = shared(person)
    hidden = make_entry(client=person)
    foreign = shared(make_client())
    listed = [entry.pk, hidden.pk, foreign.pk]
    assert post(client, "talked", person.pk, entry=listed).status_code == 302
    assert [review.entry for review in Review.objects.all()] == [entry]
    assert Review.objects.get().reviewed_at == NOW
    assert later not in [event.subject_id for event in AccessEvent.objects.all()]


def test_what_cannot_be_noted_is_not_ticked(client, person, entry):
    client.raise_request_exception = False
    with inserts_refused("audit_accessevent"):
        assert post(client, "talked", person.pk, entry=[entry.pk]).status_code == 503
    assert not Review.objects.exists()


def test_a_reply_and_a_tick_lead_back_to_the_brief(client, person, entry):
    page = reverse("admin:clients_client_change", args=[person.pk])
    for data in ({"text": "I read it."}, {"reviewed": "yes"}):
        answer = post(client, "entry", person.pk, entry.pk, back="brief", **data)
        assert answer["Location"] == page
    assert (Reply.objects.get().text, Review.objects.get().reviewed_at) == ("I read it.", NOW)


def test_a_reply_that_cannot_be_sent_keeps_its_words(client, person, entry):
    answer = post(client, "entry", person.pk, entry.pk, back="brief", text="x" * 5_001)
    assert "x" * 5_001 in answer.content.decode()
    assert not Reply.objects.exists()


def test_the_pdf_tells_nothing_by_its_name_and_is_kept_nowhere(client, person, entry):
    answer = client.get(reverse("admin:clients_client_brief_paper", args=[person.pk]))
    assert answer.content.startswith(b"%PDF")
    assert answer["Content-Disposition"] == 'attachment; filename="brief.pdf"'
    assert "no-store" in answer["Cache-Control"]
    event = AccessEvent.objects.get()
    assert (event.verb, event.client_id) == (Verb.EXPORT, person.pk)


def test_no_pdf_without_a_trace(client, person):
    client.raise_request_exception = False
    with inserts_refused("audit_accessevent"):
        answer = client.get(reverse("admin:clients_client_brief_paper", args=[person.pk]))
    assert answer.status_code == 503


def test_the_pdf_is_one_page_however_much_there_is(person):
    held = make_consultation(client=person, starts_at=NOW - timedelta(days=7), status="completed")
    make_note(consultation=held, agreed="agreed " * 2_000)
    make_talking_point(client=person, text="\u202eto say " * 5_000)
    for number in range(9):
        given = make_assignment(client=person, starts_on=NOW.date() - timedelta(days=30))
        make_entry(
            assignment=given,
            sharing="shared",
            outcome="could_not",
            because="because " * 99,
            happened_at=NOW - timedelta(days=number % 6),
        )
        shared(person, "<b>words</b> " * 400)
    brief = brief_of(person, NOW, Choice("all"))
    assert len(document_of(person, brief).pages) == 1


def test_the_pdf_bears_every_sign(person, entry):
    make_consultation(client=person, starts_at=NOW + timedelta(days=2), status="pending")
    RiskFlag.objects.create(client=person, entry=entry)
    assert document_of(person, brief_of(person, NOW)).write_pdf().startswith(b"%PDF")
