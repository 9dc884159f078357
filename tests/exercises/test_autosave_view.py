from __future__ import annotations

import json

import pytest
from django.test import Client as Browser
from django.urls import reverse

from exercises.services.practising import entry_begin, entry_submit


@pytest.fixture
def draft(assignment):
    return entry_begin(client=assignment.client, version=assignment.version, assignment=assignment)


def send(browser, draft, body, **extra):
    body = body if isinstance(body, str | bytes) else json.dumps(body)
    path = reverse("exercises:autosave", args=[draft.pk])
    return browser.post(path, body, content_type="application/json", **extra)


def answers(draft):
    draft.refresh_from_db()
    return draft.answers


def test_it_keeps_a_step(http, draft):
    response = send(http, draft, {"step": 3, "answers": {"words": ["half a sent"]}})
    assert response.json()["errors"] == {}
    assert answers(draft) == {"words": "half a sent"}


def test_it_says_what_cannot_be_kept_and_never_repeats_it(http, draft):
    sent = {"step": 3, "answers": {"words": ["fine"], "line": "secret " * 99, "minutes": "9"}}
    response = send(http, draft, sent)
    assert response.json()["errors"].keys() == {"line"}
    assert "secret" not in response.content.decode()
    assert answers(draft) == {"words": "fine", "minutes": 9}


@pytest.mark.parametrize(
    "answer",
    [
        "a\ud800b",
        "a\x00b",
        {"deep": ["er"]},
        [["nested"]],
        [1.5, None],
        True,
        12,
        ["one", "two"],
    ],
)
def test_it_takes_no_answer_of_the_wrong_shape(http, draft, answer):
    response = send(http, draft, {"step": 3, "answers": {"words": answer, "told": answer}})
    assert response.status_code == 200
    assert "words" in response.json()["errors"]
    assert answers(draft) == {}


@pytest.mark.parametrize("text", ["", "x" * 100_000, "🫠" * 50_000, "مرحبا\u202e", "<script>"])
def test_it_keeps_any_words(http, draft, text):
    send(http, draft, {"step": 3, "answers": {"words": text}})
    assert answers(draft).get("words", "") == text


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "[]",
        "null",
        '"text"',
        "{}",
        '{"step": 0, "answers": {}}',
        '{"step": 4, "answers": {}}',
        '{"step": "1", "answers": {}}',
        '{"step": 1, "answers": []}',
        b"\xff\xfe",
        "[" * 100_000,
        '{"step": ' + "9" * 5_000 + ', "answers": {}}',
    ],
)
def test_it_refuses_what_is_no_step(http, draft, body):
    assert send(http, draft, body).status_code == 400
    assert answers(draft) == {}


def test_it_says_when_a_page_is_too_big(http, draft):
    response = send(http, draft, {"step": 3, "answers": {"words": "x" * 2_700_000}})
    assert response.status_code == 413
    assert response.json()["message"]


def test_it_says_when_the_entry_is_closed(http, draft):
    send(http, draft, {"step": 2, "answers": {"feelings": ["joy"]}})
    entry_submit(entry=draft, sharing="private")
    response = send(http, draft, {"step": 2, "answers": {"feelings": ["fear"]}})
    assert response.status_code == 409
    assert answers(draft) == {"feelings": ["joy"]}


def test_signed_out_it_says_so_without_a_detour(client, draft):
    response = send(client, draft, {"step": 3, "answers": {"words": "x"}})
    assert (response.status_code, response.content) == (401, b"{}")


@pytest.mark.parametrize("who", ["mira", "counsellor"])
def test_strangers_find_nothing(client, draft, mira, who):
    client.force_login(mira.user if who == "mira" else draft.client.counsellor.user)
    assert send(client, draft, {"step": 3, "answers": {"words": "x"}}).status_code == 404
    assert answers(draft) == {}


def test_it_wants_the_token_of_our_own_pages(ravi, draft):
    strict = Browser(enforce_csrf_checks=True)
    strict.force_login(ravi.user)
    body = {"step": 3, "answers": {"words": "x"}}
    assert send(strict, draft, body).status_code == 403
    strict.get(reverse("exercises:step", args=[draft.pk, 3]))
    token = strict.cookies["csrftoken"].value
    assert send(strict, draft, body, headers={"X-CSRFToken": token}).status_code == 200


def test_it_answers_only_to_being_sent_something(http, draft):
    assert http.get(reverse("exercises:autosave", args=[draft.pk])).status_code == 405
