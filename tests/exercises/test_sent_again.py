"""Words sent with a token gone stale, because somebody signed in again in another tab."""

from __future__ import annotations

import re

import pytest
from django.test import Client as Browser
from django.urls import reverse

from exercises.services.practising import entry_begin

HERE = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def draft(assignment):
    return entry_begin(client=assignment.client, version=assignment.version, assignment=assignment)


@pytest.fixture
def strict(ravi):
    browser = Browser(enforce_csrf_checks=True)
    browser.force_login(ravi.user)
    return browser


def path(draft, number=3):
    return reverse("exercises:step", args=[draft.pk, number])


def stale(browser, draft, headers=HERE, **sent):
    browser.get(path(draft))
    sent = {"csrfmiddlewaretoken": "x" * 64, "_go": "back", "words": "not lost", **sent}
    return browser.post(path(draft), sent, headers=headers)


def answers(draft):
    draft.refresh_from_db()
    return draft.answers


def test_they_come_back_with_a_fresh_token_and_are_kept_when_sent_once_more(strict, draft):
    response = stale(strict, draft, words="never <lost> words")
    page = response.content.decode()
    assert response.status_code == 403
    assert "Once more, please" in page
    assert "signed out" not in page
    assert page.count("never &lt;lost&gt; words") == 2
    assert "no-store" in response["Cache-Control"]
    assert answers(draft) == {}
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
    again = {"csrfmiddlewaretoken": token, "_go": "back", "words": "never <lost> words"}
    assert strict.post(path(draft), again, headers=HERE).status_code == 302
    assert answers(draft) == {"words": "never <lost> words"}


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Referer": "https://elsewhere.example/testserver"},
        {},
    ],
)
def test_what_another_site_sent_is_refused_and_not_shown(strict, draft, headers):
    response = stale(strict, draft, headers=headers, words="put into your mouth")
    assert response.status_code == 403
    assert "put into your mouth" not in response.content.decode()
    assert answers(draft) == {}


@pytest.mark.parametrize(
    "headers", [{"Origin": "http://testserver"}, {"Referer": "http://testserver/my/"}]
)
def test_older_browsers_say_where_it_came_from_another_way(strict, draft, headers):
    assert "not lost" in stale(strict, draft, headers=headers).content.decode()


def test_signed_out_one_signs_in_first(draft):
    response = stale(Browser(enforce_csrf_checks=True), draft)
    page = response.content.decode()
    assert "You have been signed out" in page
    assert "not lost" in page


def test_pages_without_words_refuse_as_ever(strict):
    response = strict.post(reverse("account_login"), {"login": "not lost"}, headers=HERE)
    assert response.status_code == 403
    assert "not lost" not in response.content.decode()


def test_a_reason_comes_back_too(strict, assignment):
    sent = {"because": "a whole day on trains", "_-sharing": "private"}
    response = strict.post(reverse("exercises:could_not", args=[assignment.pk]), sent, headers=HERE)
    assert "a whole day on trains" in response.content.decode()
