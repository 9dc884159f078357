"""A draft changes its form in one window while a page of its other form is open in another."""

from __future__ import annotations

import json
import re
from datetime import date

import pytest
from django.urls import reverse

from exercises.models import Entry
from exercises.services.practising import entry_begin, entry_save_step
from tests.exercises.conftest import STEPS
from tests.factories import make_assignment, make_version


@pytest.fixture
def version(db):
    return make_version(title="Pause", steps=STEPS, easier="One breath.", smaller=["pause"])


def begin(assignment, *, smaller):
    return entry_begin(
        client=assignment.client,
        version=assignment.version,
        assignment=assignment,
        smaller=smaller,
    )


def page(http, entry, number):
    """The `_was` of a page as it was shown."""
    shown = http.get(reverse("exercises:step", args=[entry.pk, number])).content.decode()
    return re.search(r'name="_was" value="([^"]*)"', shown)[1]


def kept():
    entry = Entry.objects.get()
    return entry.smaller, entry.state, entry.answers


def test_words_of_the_whole_make_it_whole_again(http, assignment):
    entry = begin(assignment, smaller=False)
    was = page(http, entry, 2)
    begin(assignment, smaller=True)
    response = http.post(
        reverse("exercises:step", args=[entry.pk, 2]), {"_was": was, "feelings": "shame"}
    )
    assert response.status_code == 302
    assert kept() == (False, "draft", {"feelings": ["shame"]})


def test_they_are_kept_while_they_are_written(http, assignment):
    entry = begin(assignment, smaller=False)
    was = page(http, entry, 2)
    begin(assignment, smaller=True)
    body = json.dumps({"step": 2, "answers": {"feelings": ["shame"]}, "was": was})
    path = reverse("exercises:autosave", args=[entry.pk])
    assert http.post(path, body, content_type="application/json").status_code == 200
    assert kept() == (False, "draft", {"feelings": ["shame"]})


def test_its_last_page_loses_none_and_wipes_none(http, assignment):
    entry = begin(assignment, smaller=False)
    was = page(http, entry, 3)
    begin(assignment, smaller=True)
    entry_save_step(entry=entry, step=entry.version.parsed_steps()[0], raw={"strength": "6"})
    sent = {"_was": was, "words": "It was loud.", "_-sharing": "private"}
    http.post(reverse("exercises:finish", args=[entry.pk]), sent)
    smaller, _state, answers = kept()
    assert (smaller, answers) == (False, {"strength": 6, "words": "It was loud."})


def test_a_page_without_questions_wipes_none(http, ravi):
    version = make_version(steps=STEPS, easier="One breath.")
    todo = make_assignment(client=ravi, version=version, starts_on=date(2020, 1, 1))
    entry = begin(todo, smaller=True)
    was = page(http, entry, 1)
    entry = begin(todo, smaller=False)
    entry_save_step(entry=entry, step=entry.steps()[2], raw={"words": "It was loud."})
    sent = {"_was": was, "_-sharing": "private"}
    http.post(reverse("exercises:finish", args=[entry.pk]), sent)
    assert kept()[2]["words"] == "It was loud."


def test_an_untouched_page_of_the_whole_leaves_it_small(http, assignment):
    entry = begin(assignment, smaller=False)
    was = page(http, entry, 2)
    begin(assignment, smaller=True)
    http.post(reverse("exercises:step", args=[entry.pk, 2]), {"_was": was, "_go": "back"})
    assert kept() == (True, "draft", {})
