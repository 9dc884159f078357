"""A draft open on a phone and a laptop at once: what each wrote is there in the end."""

from __future__ import annotations

import json
import re

import pytest
from django.test import Client as Browser
from django.urls import reverse

from exercises.services.practising import entry_begin


@pytest.fixture
def draft(assignment):
    return entry_begin(client=assignment.client, version=assignment.version, assignment=assignment)


@pytest.fixture
def phone(http, draft):
    return Device(http, draft)


@pytest.fixture
def laptop(ravi, draft):
    browser = Browser()
    browser.force_login(ravi.user)
    return Device(browser, draft)


class Device:
    """A browser with the third step open, as it was shown there."""

    def __init__(self, browser, draft):
        self.browser, self.draft = browser, draft
        self.opens()

    def opens(self):
        page = self.browser.get(reverse("exercises:step", args=[self.draft.pk, 3]))
        self.page = page.content.decode()
        self.was = re.search(r'name="_was" value="([^"]*)"', self.page)[1]

    def sends(self, **answers):
        path = reverse("exercises:step", args=[self.draft.pk, 3])
        return self.browser.post(path, {"_go": "back", "_was": self.was, **answers})

    def autosaves(self, **answers):
        body = json.dumps({"step": 3, "answers": answers, "was": self.was})
        path = reverse("exercises:autosave", args=[self.draft.pk])
        told = self.browser.post(path, body, content_type="application/json").json()
        self.was = told["was"]
        return told


def answers(draft):
    draft.refresh_from_db()
    return draft.answers


def test_one_goes_on_on_another_device_where_one_left_off(phone, laptop):
    phone.sends(words="from the phone", safe="yes")
    laptop.opens()
    assert "from the phone" in laptop.page
    assert 'value="yes" checked' in laptop.page


def test_an_older_page_sent_unchanged_takes_nothing_away(draft, phone, laptop):
    laptop.sends(words="newer")
    phone.sends(words="")
    assert answers(draft) == {"words": "newer"}


def test_each_field_is_as_it_was_last_changed(draft, phone, laptop):
    laptop.sends(safe="no", minutes="5")
    phone.sends(safe="yes")
    assert answers(draft) == {"safe": True, "minutes": 5}


def test_two_texts_are_shown_one_under_the_other_before_it_goes_on(draft, phone, laptop):
    laptop.sends(words="from the laptop")
    response = phone.sends(words="from the phone")
    page = response.content.decode()
    assert response.status_code == 409
    assert "both stand here now" in page
    assert "from the phone\n\nfrom the laptop</textarea>" in page
    assert answers(draft) == {"words": "from the phone\n\nfrom the laptop"}
    phone.opens()
    assert phone.sends(words="one of them").status_code == 302
    assert answers(draft) == {"words": "one of them"}


def test_nothing_is_closed_with_words_that_were_not_seen(draft, phone, laptop):
    draft.answers = {"feelings": ["shame"]}
    draft.save(update_fields=["answers"])
    laptop.sends(words="from the laptop")
    sent = {"words": "from the phone", "_was": phone.was, "_-sharing": "shared"}
    response = phone.browser.post(reverse("exercises:finish", args=[draft.pk]), sent)
    assert response.status_code == 409
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_while_writing_the_words_of_both_come_back(draft, phone, laptop):
    assert laptop.autosaves(words="from the laptop")["texts"] == {}
    told = phone.autosaves(words="from the phone")
    assert told["texts"] == {"words": "from the phone\n\nfrom the laptop"}
    assert phone.autosaves(words="one of them")["texts"] == {}
    assert answers(draft) == {"words": "one of them"}


def test_what_one_device_writes_in_a_row_is_no_conflict(draft, phone):
    for text in ("I", "I feel", "shy"):
        assert phone.autosaves(words=text)["texts"] == {}
    assert answers(draft) == {"words": "shy"}


def test_what_was_not_seen_is_not_overwritten_later_either(draft, phone, laptop):
    laptop.autosaves(words="from the laptop")
    phone.autosaves(words="", safe="yes")
    assert answers(draft) == {"words": "from the laptop", "safe": True}
    phone.autosaves(words="mine", safe="yes")
    assert "from the laptop" in answers(draft)["words"]


def test_a_refused_answer_leaves_the_others_words_alone(draft, phone, laptop):
    laptop.autosaves(words="from the laptop")
    told = phone.autosaves(words="x" * 100_001)
    assert told["errors"].keys() == {"words"}
    assert answers(draft) == {"words": "from the laptop"}


@pytest.mark.parametrize("was", ["", ":", "words", "words:" + "f" * 9_999, "<script>:x", "é:é"])
def test_any_fingerprints_are_taken(draft, phone, was):
    phone.was = was
    assert phone.sends(words="kept").status_code == 302
    assert answers(draft) == {"words": "kept"}
