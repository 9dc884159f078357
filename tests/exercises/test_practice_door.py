"""Saying why not, and who may come in at all."""

from __future__ import annotations

import pytest
from django.urls import reverse

from exercises.models import Entry
from exercises.services.practising import entry_begin


def url(name, thing, *more):
    return reverse(f"exercises:{name}", args=[thing.pk, *more])


@pytest.fixture
def draft(assignment):
    return entry_begin(client=assignment.client, version=assignment.version, assignment=assignment)


def answers(draft):
    draft.refresh_from_db()
    return draft.answers


# --- Not today -----------------------------------------------------------------------------


def test_why_not_is_taken_kindly(http, assignment):
    sent = {"because": "Travelling", "_-sharing": "shared"}
    response = http.post(url("could_not", assignment), sent, follow=True)
    entry = Entry.objects.get()
    assert (entry.outcome, entry.because, entry.sharing) == ("could_not", "Travelling", "shared")
    assert "That&#x27;s allowed." in response.content.decode() or "That's allowed." in (
        response.content.decode()
    )


def test_a_double_click_says_it_once(http, assignment):
    for _ in range(2):
        http.post(url("could_not", assignment), {"because": "", "_-sharing": "private"})
    assert Entry.objects.count() == 1


def test_why_not_offers_something_smaller_and_help(http, assignment):
    page = http.get(url("could_not", assignment)).content.decode()
    assert "Only one breath." in page
    assert "This is not watched." in page
    assert reverse("help") in page


@pytest.mark.parametrize(
    "sent",
    [
        {"because": "a\x00b, kept", "_-sharing": "shared"},
        {"because": "z" * 100_001 + ", kept", "_-sharing": "shared"},
        {"because": "as typed, kept", "_-sharing": "everybody"},
    ],
)
def test_why_not_refuses_and_keeps_what_was_typed(http, assignment, sent):
    response = http.post(url("could_not", assignment), sent)
    assert response.status_code == 422
    assert ", kept" in response.content.decode()
    assert not Entry.objects.exists()


# --- Whose it is ---------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["mira", "counsellor"])
@pytest.mark.parametrize("name", ["begin", "could_not"])
def test_an_assignment_is_a_strangers_404(client, assignment, mira, who, name):
    user = mira.user if who == "mira" else assignment.client.counsellor.user
    client.force_login(user)
    assert client.get(url(name, assignment)).status_code == 404
    assert client.post(url(name, assignment), {"_-sharing": "shared"}).status_code == 404
    assert not Entry.objects.exists()


@pytest.mark.parametrize("who", ["mira", "counsellor"])
@pytest.mark.parametrize("name", ["finish", "helpful"])
def test_an_entry_is_a_strangers_404(client, draft, mira, who, name):
    user = mira.user if who == "mira" else draft.client.counsellor.user
    client.force_login(user)
    assert client.post(url(name, draft), {"helpful": "4"}).status_code == 404
    assert client.get(url("step", draft, 1)).status_code == 404
    assert client.post(url("step", draft, 1), {"strength": "1"}).status_code == 404
    assert answers(draft) == {}


def test_signed_out_one_is_asked_to_sign_in(client, draft, assignment):
    for path in (url("step", draft, 1), url("begin", assignment)):
        assert client.get(path)["Location"].startswith(reverse("account_login"))


def test_signed_out_while_writing_one_gets_the_words_back(client, draft):
    response = client.post(url("step", draft, 3), {"words": "never <lost> words", "_go": "on"})
    page = response.content.decode()
    assert response.status_code == 401
    assert page.count("never &lt;lost&gt; words") == 2
    assert '<textarea hidden name="_go">' in page
    assert "no-store" in response["Cache-Control"]
    assert answers(draft) == {}
