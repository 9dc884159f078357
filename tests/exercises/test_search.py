"""Searching one's own words: all of them, nobody else's, and no trace of what was asked."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from exercises.models import Reply
from exercises.selectors import search as rules
from tests.exercises.test_canary import everything_stored
from tests.factories import make_entry, make_version

SEARCH = "/my/entries/search/"


def ask(http, words, **more):
    return http.post(SEARCH, {"words": words, **more})


def page_of(response) -> str:
    assert response.status_code == 200
    return response.content.decode()


def link(entry) -> str:
    return reverse("exercises:entry", args=[entry.pk])


def test_it_finds_what_was_written_chosen_and_answered(http, ravi, assignment):
    own = make_entry(assignment=assignment, answers={"words": "By the <b>Rivér</b>, alone."})
    felt = make_entry(assignment=assignment, answers={"feelings": ["shame", "like glass"]})
    could_not = make_entry(assignment=assignment, outcome="could_not", because="Travelling far")
    Reply.objects.create(entry=could_not, author=ravi.counsellor, text="Safe travels.")
    for query, entry in (
        ("river", own),
        ("GLASS", felt),
        ("shame", felt),
        ("travelling", could_not),
        ("safe", could_not),
    ):
        page = page_of(ask(http, query))
        assert page.count("/my/entries/") - page.count(SEARCH) == 2, query
        assert link(entry) in page
    assert "By the &lt;b&gt;<mark>Rivér</mark>&lt;/b&gt;, alone." in page_of(ask(http, "river"))


def test_it_reads_drafts_and_how_a_page_reads_now(http, assignment):
    first = make_entry(assignment=assignment, answers={"words": "an earlier wording"})
    newer = make_entry(assignment=assignment, answers={"words": "a newer wording"}, corrects=first)
    draft = make_entry(assignment=assignment, state="draft", answers={"words": "half a wording"})
    page = page_of(ask(http, "wording"))
    assert link(newer) in page
    assert link(draft) in page
    assert "not finished" in page
    assert link(first) not in page


def test_it_finds_nothing_of_anybody_elses(http, mira):
    make_entry(client=mira, answers={"words": "her river"})
    page = page_of(ask(http, "river"))
    assert "her river" not in page
    assert "in nothing you have kept" in page


def test_it_does_not_look_among_questions_and_numbers(http, assignment):
    make_entry(assignment=assignment, answers={"strength": 7, "safe": True})
    for query in ("7", "strong", "yes"):
        assert "Not found" in page_of(ask(http, query))


@pytest.fixture
def short_reach(monkeypatch):
    monkeypatch.setattr(rules, "READ_AT_ONCE", 4)
    monkeypatch.setattr(rules, "SHOWN_AT_ONCE", 3)
    monkeypatch.setattr(rules, "_CHUNK", 2)


def make_entries(ravi, texts):
    version, now = make_version(), timezone.now()
    return [
        # Pairs of the same instant: none may be skipped or shown twice.
        make_entry(
            client=ravi,
            version=version,
            happened_at=now - timedelta(hours=number // 2),
            answers={"words": text},
        )
        for number, text in enumerate(texts)
    ]


def search_all(http, query):
    """Presses the button until there is no more; the pages."""
    pages = [page_of(ask(http, query))]
    while "Search further back" in pages[-1]:
        reached = pages[-1].split('name="further" value="')[1].split('"')[0]
        pages.append(page_of(ask(http, query, further=reached)))
        assert len(pages) < 20
    return pages


def test_it_goes_on_further_back_until_all_was_read(http, ravi, short_reach):
    made = make_entries(ravi, ["nothing"] * 5 + ["a river"] + ["nothing"] * 4)
    pages = search_all(http, "river")
    assert "Not found so far" in pages[0]
    assert [link(made[5]) in page for page in pages].count(True) == 1
    assert "back to your first page" in pages[-1]


def test_it_shows_some_at_a_time_and_each_once(http, ravi, short_reach):
    made = make_entries(ravi, ["a river"] * 9)
    pages = search_all(http, "river")
    assert pages[0].count("<mark>") == 3
    everything = "".join(pages)
    assert [everything.count(link(entry)) for entry in made] == [1] * 9


@pytest.mark.parametrize("count", [2, 200])
def test_it_asks_the_database_as_often_for_any_number_in_a_chunk(http, ravi, count):
    make_entries(ravi, ["nothing"] * count)
    http.get(SEARCH)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        ask(http, "river")
    assert len(asked) == 6


@pytest.mark.parametrize("words", ["", " ", "\u0301", "\x00", "x" * 201, "\u200d"])
def test_it_says_so_where_there_is_nothing_to_look_for(http, words):
    response = ask(http, words)
    assert response.status_code == 422
    assert "id_words_error" in response.content.decode()


@pytest.mark.parametrize("words", ["<script>", "' OR 1=1 --", "%s{{7*7}}", "𐏿\ufffd", "ي" * 200])
@pytest.mark.parametrize("further", ["", "x", "\x00", "00000000-0000-0000-0000-000000000007"])
def test_any_words_are_words(http, assignment, words, further):
    make_entry(assignment=assignment, answers={"words": f"here: {words}"})
    page = page_of(ask(http, words, further=further))
    assert "<mark>" in page
    assert "<script>" not in page


def test_another_clients_entry_is_no_place_to_go_on_from(http, mira, assignment):
    theirs = make_entry(client=mira, happened_at=timezone.now() - timedelta(days=9))
    own = make_entry(assignment=assignment, answers={"words": "river"})
    assert link(own) in page_of(ask(http, "river", further=theirs.pk))


CANARY = "kanarienvogel"


def test_what_was_looked_for_leaves_no_trace(http, assignment, caplog):
    caplog.set_level(logging.DEBUG)
    make_entry(assignment=assignment, answers={"words": f"the {CANARY}"})
    with CaptureQueriesContext(connection) as asked:
        responses = [ask(http, CANARY), ask(http, CANARY + "x" * 300), http.get(SEARCH)]
    assert CANARY in responses[0].content.decode()
    assert CANARY not in responses[2].content.decode()
    assert CANARY not in caplog.text
    assert CANARY not in everything_stored()
    assert not any(CANARY in query["sql"] for query in asked)
    for response in responses:
        assert CANARY not in repr(response.headers)


def test_it_takes_no_words_from_an_address(http, assignment):
    make_entry(assignment=assignment, answers={"words": "river"})
    assert "<mark>" not in page_of(http.get(SEARCH + "?words=river"))


def test_it_is_for_clients(client, ravi):
    client.force_login(ravi.counsellor.user)
    assert client.post(SEARCH, {"words": "river"}).status_code == 404
