"""Saying why not: a tap, a few words, or nothing at all."""

from __future__ import annotations

import pytest
from django.urls import reverse

from exercises.models import Entry
from exercises.services.declining import entry_could_not
from tests.factories import make_assignment, make_version


def url(assignment):
    return reverse("exercises:could_not", args=[assignment.pk])


def say(http, assignment, **sent):
    return http.post(url(assignment), {"_-sharing": "shared", **sent})


def test_a_tap_is_a_reason_and_a_wish_is_heard(http, assignment):
    response = say(http, assignment, reason="too_much", wants_smaller="yes")
    entry = Entry.objects.get()
    assert (entry.reason, entry.wants_smaller, entry.because) == ("too_much", True, "")
    page = http.get(response["Location"]).content.decode()
    assert "Stopping when it is too much is looking after yourself." in page
    assert "Do the smaller one now" in page


def test_nothing_has_to_be_said(http, assignment):
    page = http.get(say(http, assignment)["Location"]).content.decode()
    assert "It wasn&#x27;t a day for it." in page or "It wasn't a day for it." in page
    entry = Entry.objects.get()
    assert (entry.reason, entry.because, entry.wants_smaller) == ("", "", False)


@pytest.mark.parametrize("reason", ["<script>", "no_time\x00", "x" * 9_999])
def test_there_are_no_other_reasons(http, assignment, reason):
    response = say(http, assignment, reason=reason, because="kept on the page")
    assert response.status_code == 422
    assert "kept on the page" in response.content.decode()
    assert not Entry.objects.exists()


def test_a_wish_kept_private_is_said_to_be_unheard(http, assignment):
    sent = {"wants_smaller": "yes", "_-sharing": "private"}
    page = http.post(url(assignment), sent, follow=True).content.decode()
    assert "know yet that you" in page


def test_a_reason_can_be_taken_back_without_a_script(http, assignment):
    sent = {"reason": "too_much", "because": "still here", "wants_smaller": "yes"}
    response = say(http, assignment, **sent, _clear="reason")
    page = response.content.decode()
    assert response.status_code == 200
    assert 'value="too_much" checked' not in page
    assert "still here" in page
    assert 'name="wants_smaller" value="yes" checked' in page
    assert not Entry.objects.exists()


def test_the_same_said_twice_is_said_once_and_another_reason_is_another(assignment):
    said = {"assignment": assignment, "because": "", "sharing": "private"}
    first = entry_could_not(**said, reason="forgot")
    assert entry_could_not(**said, reason="forgot") == first
    assert entry_could_not(**said, reason="forgot", wants_smaller=True) != first


def test_nothing_smaller_is_offered_where_there_is_none(http, ravi):
    todo = make_assignment(client=ravi, version=make_version(), starts_on="2020-01-01")
    assert "Do the smaller one" not in http.get(url(todo)).content.decode()
    page = http.get(say(http, todo)["Location"]).content.decode()
    assert "Do the smaller one" not in page
