"""The portal's page on which a client asks to be forgotten."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from clients.models import Client
from clients.services import client_restrict
from tests.factories import make_client, make_consultation, make_portal_client
from tests.proving import proved

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 1, 7, 9, tzinfo=UTC)
PAGE, ASK = reverse("records:forget"), reverse("records:forget_ask")
UNDO, SURE = reverse("records:forget_undo"), {"sure": "on"}


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def anna():
    anna = make_portal_client()
    make_consultation(client=anna, status="completed", starts_at=NOW - timedelta(days=7))
    return anna


def text(response):
    return response.content.decode()


def test_it_says_in_words_what_goes_at_once_and_what_is_kept_until_when(anna):
    body = text(proved(anna.user).get(PAGE))
    for words in (
        "Your page here closes.",
        "for 7 years after the last consultation",
        "They count from 31 December 2029, so yours is kept until 30 December 2036.",
        "On 31 December 2036 it is erased by itself and for good",
        "you take your request back with it",
    ):
        assert words in body


def test_asked_for_the_portal_is_reduced_to_this_page_and_the_record(anna):
    browser = proved(anna.user)
    assert browser.post(ASK, SURE)["Location"] == PAGE
    assert "is only kept" in text(browser.get(PAGE))
    assert browser.get(reverse("start"))["Location"] == PAGE
    assert browser.get(reverse("records:record")).status_code == 200
    assert browser.post(reverse("records:download")).status_code == 200
    closed = ("clients:home", "clients:settings", "exercises:journal", "booking:mine")
    assert {browser.get(reverse(page)).status_code for page in closed} == {404}
    assert "shell-nav" not in text(browser.get(PAGE))


def test_it_is_taken_back(anna):
    browser = proved(anna.user)
    browser.post(ASK, SURE)
    assert browser.post(UNDO, {"record": str(anna.pk)})["Location"] == reverse("clients:home")
    assert browser.get(reverse("clients:home")).status_code == 200


def test_of_whom_nothing_has_to_be_kept_is_gone_with_the_sign_in():
    anna = make_portal_client(status="prospective")
    browser = proved(anna.user)
    assert "Erase everything now" in text(browser.get(PAGE))
    assert browser.post(ASK, SURE)["Location"] == reverse("records:forgotten")
    assert not Client.objects.exists()
    assert "Nothing about you is kept here any more" in text(
        browser.get(reverse("records:forgotten"))
    )
    assert browser.get(reverse("clients:home")).status_code == 302


def test_with_another_counsellor_they_stay_signed_in():
    anna = make_portal_client(status="prospective")
    other = make_client(user=anna.user, status="active")
    browser = proved(anna.user)
    browser.post(reverse("clients:choose"), {"record": str(anna.pk)})
    assert browser.post(ASK, SURE)["Location"] == reverse("start")
    assert list(Client.objects.all()) == [other]
    assert browser.get(reverse("clients:home")).status_code == 200


def test_what_is_kept_with_one_counsellor_is_told_beside_the_record_with_another(anna):
    client_restrict(client=anna, by="practice")
    make_client(user=anna.user)
    browser = proved(anna.user)
    body = text(browser.get(PAGE))
    assert "is only kept" in body and "Ask to be forgotten" in body
    assert browser.post(UNDO, {"record": str(anna.pk)}).status_code == 302
    anna.refresh_from_db()
    assert anna.restricted_at is None


def test_what_is_booked_is_said_instead_of_a_button(anna):
    make_consultation(client=anna, starts_at=NOW + timedelta(days=1))
    body = text(proved(anna.user).get(PAGE))
    assert "A consultation is booked. Cancel it first" in body
    assert "Ask to be forgotten" not in body


@pytest.mark.parametrize("sent", [{}, {"record": "nonsense"}])
def test_nothing_happens_by_mistake(anna, sent):
    browser = proved(anna.user)
    browser.post(ASK, sent)
    assert browser.post(UNDO, sent).status_code == 404
    anna.refresh_from_db()
    assert anna.restricted_at is None


def test_who_has_not_just_shown_who_they_are_is_asked_first(anna, client):
    client.force_login(anna.user)
    page = client.post(ASK, SURE)
    assert page.status_code == 401
    assert "/accounts/reauthenticate/" in page.content.decode()
    anna.refresh_from_db()
    assert anna.restricted_at is None


def test_nobody_takes_back_what_somebody_else_asked_for(anna):
    client_restrict(client=anna, by="client")
    assert proved(make_portal_client().user).post(UNDO, {"record": str(anna.pk)}).status_code == 404
