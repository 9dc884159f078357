"""The journal: a page in one tap, with a question or without; and nobody watches it."""

from __future__ import annotations

import pytest
from django.urls import reverse

from clients.models import Consent
from clients.services import consent_documents_load
from exercises.models import Entry
from tests.factories import make_assignment, make_consent_document, make_entry, make_version

JOURNAL = "/my/journal/"


def words(response) -> str:
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def journal(db):
    return make_version(slug="journal", kind="journal", title="Journal")


def test_writing_begins_at_once_and_goes_on(http, journal):
    first = http.post(JOURNAL)
    draft = Entry.objects.get()
    assert (draft.version, draft.assignment, draft.sharing) == (journal, None, "private")
    assert first["Location"] == reverse("exercises:step", args=[draft.pk, 1])
    assert "Go on writing" in words(http.get(JOURNAL))
    assert http.post(JOURNAL)["Location"] == first["Location"]
    assert Entry.objects.count() == 1


def test_writing_that_was_agreed_on_counts_for_it(http, ravi, journal):
    agreed = make_assignment(client=ravi, version=journal, starts_on="2020-01-01")
    assert "counts as the practice" in words(http.get(JOURNAL))
    http.post(JOURNAL)
    assert Entry.objects.get().assignment == agreed


def test_the_page_to_write_on_says_that_nobody_watches(http, journal):
    page = words(http.post(JOURNAL, follow=True))
    line = page.index("This is not watched.")
    assert reverse("help") in page[line:]
    assert line < page.index(">Save<")
    assert 'value="private" checked' in page


def test_it_lists_writing_and_nothing_else(http, ravi, journal):
    make_entry(client=ravi, version=journal)
    make_entry(client=ravi, version=make_version(title="No writing"))
    page = words(http.get(JOURNAL))
    assert page.count("list-row-main") == 1
    assert "No writing" not in page


def test_without_a_library_it_says_so(http):
    assert "nothing to write on yet" in words(http.get(JOURNAL))
    assert http.post(JOURNAL).status_code == 200
    assert not Entry.objects.exists()


# --- A question to begin with ------------------------------------------------------------------

PROMPTS = [
    {
        "key": "write",
        "title": "What is here?",
        "fields": [
            {
                "key": "prompt",
                "kind": "choice",
                "label": "A question",
                "options": [
                    {"value": "free", "label": "No question"},
                    {"value": "close", "label": "When did I feel close?"},
                    {"value": "unsaid", "label": "What was left unsaid?"},
                ],
            },
            {"key": "text", "kind": "long_text", "label": "Your words", "required": True},
        ],
    }
]


@pytest.fixture
def asking(db):
    return make_version(slug="journal", kind="journal", title="Journal", steps=PROMPTS)


def test_a_question_opens_the_page_in_one_tap(http, asking):
    page = words(http.post(JOURNAL, {"prompt": "close"}, follow=True))
    assert Entry.objects.get().answers == {"prompt": "close"}
    assert 'value="close" checked' in page


def test_another_question_is_another_until_all_were_shown(http, asking):
    seen = set()
    page = words(http.get(JOURNAL))
    for _turn in range(2):
        shown = page.split('name="another" value="')[1].split('"')[0]
        seen.add(shown)
        page = words(http.post(JOURNAL, {"another": shown}))
    assert seen == {"close", "unsaid"}
    assert "No question" not in page
    assert not Entry.objects.exists()


@pytest.mark.parametrize("sent", ["none-such", "free'", "\x00", "x" * 5000])
def test_a_question_that_is_none_opens_an_empty_page(http, asking, sent):
    assert http.post(JOURNAL, {"prompt": sent}).status_code == 302
    assert Entry.objects.get().answers == {}


def test_that_no_question_was_wanted_is_no_answer(http, ravi, asking):
    for prompt, shown in (("free", False), ("close", True)):
        entry = make_entry(client=ravi, version=asking, answers={"prompt": prompt, "text": "free"})
        page = words(http.get(reverse("exercises:entry", args=[entry.pk])))
        assert ("A question" in page) is shown
        assert ">free<" in page


def test_a_page_that_was_begun_keeps_its_words(http, ravi, asking):
    make_entry(client=ravi, version=asking, state="draft", answers={"text": "half a"})
    assert "Another question" not in words(http.get(JOURNAL))
    http.post(JOURNAL, {"prompt": "close"})
    assert Entry.objects.get().answers == {"text": "half a"}


def test_it_is_private_though_everything_else_is_shared(http, ravi, asking):
    ravi.default_sharing = "shared"
    ravi.save(update_fields=["default_sharing"])
    http.post(JOURNAL)
    assert Entry.objects.get().sharing == "private"


# --- Said once: nobody watches -----------------------------------------------------------------


def not_watched(**fields):
    return make_consent_document(slug="not-watched", title="Nobody watches", **fields)


def test_before_the_first_page_it_is_said_once_and_kept_that_it_was(http, ravi, asking):
    text = not_watched(text="Nobody reads along.")
    page = words(http.post(JOURNAL, {"prompt": "close"}))
    assert "Nobody reads along." in page
    assert reverse("help") in page.split("<form")[-1]
    assert not Entry.objects.exists()
    http.post(JOURNAL, {"prompt": "close", "understood": "yes"})
    consent = Consent.objects.get()
    assert (consent.client, consent.document) == (ravi, text)
    assert consent.text_hash == text.text_hash
    assert Entry.objects.get().answers == {"prompt": "close"}
    Entry.objects.all().delete()
    assert http.post(JOURNAL).status_code == 302


def test_it_is_said_before_a_journal_that_is_begun_as_practice(http, ravi):
    not_watched(text="Nobody reads along.")
    version = make_version(kind="journal", easier="One line.")
    todo = make_assignment(client=ravi, version=version, starts_on="2020-01-01")
    begin = reverse("exercises:begin", args=[todo.pk])
    page = words(http.post(begin, {"smaller": "yes"}))
    assert "Nobody reads along." in page
    assert '<textarea hidden name="smaller">\nyes</textarea>' in page
    assert not Entry.objects.exists()
    http.post(begin, {"smaller": "yes", "understood": "yes"})
    assert (Consent.objects.count(), Entry.objects.get().smaller) == (1, True)


def test_a_new_version_asks_again_and_another_language_does_not(http, ravi, asking):
    not_watched(version=1)
    http.post(JOURNAL, {"understood": "yes"})
    not_watched(version=1, language="hi")
    assert http.post(JOURNAL).status_code == 302
    not_watched(version=2, text="Newer words.")
    assert "Newer words." in words(http.post(JOURNAL))


def test_it_asks_again_after_it_was_taken_back(http, ravi, asking):
    not_watched()
    http.post(JOURNAL, {"understood": "yes"})
    Consent.objects.update(withdrawn_at="2030-01-01T00:00Z")
    assert "I understand" in words(http.post(JOURNAL))


def test_it_stands_among_what_the_client_agreed_to(http, asking):
    not_watched(text="Nobody reads along.")
    http.post(JOURNAL, {"understood": "yes"})
    assert "Nobody reads along." in words(http.get(reverse("clients:settings")))


def test_the_text_comes_with_counsel(http, ravi, asking):
    consent_documents_load()
    page = words(http.post(JOURNAL))
    assert "call your local emergency number" in page
    assert "I understand" in page


@pytest.mark.parametrize("name", ["timeline", "journal"])
def test_who_is_nobodys_client_finds_nothing(client, ravi, name):
    client.force_login(ravi.counsellor.user)
    assert client.get(reverse(f"exercises:{name}")).status_code == 404
