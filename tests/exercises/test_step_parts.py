"""Small things on a step, and what is kept in no browser."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from exercises.models import Entry
from exercises.services.practising import entry_begin
from tests.factories import make_entry, make_version

KEEPERS = re.compile(
    r"localStorage|sessionStorage|indexedDB|caches\.|serviceWorker|document\.cookie\s*=[^=]"
    r"|pushState|replaceState|history\.state|window\.name"
)


@pytest.fixture
def draft(assignment):
    return entry_begin(client=assignment.client, version=assignment.version, assignment=assignment)


def step(draft, number):
    return reverse("exercises:step", args=[draft.pk, number])


def page(http, draft, number):
    return http.get(step(draft, number)).content.decode()


def choices_version(**fields):
    options = [{"value": f"v{n}", "label": f"Answer {n}"} for n in range(4)]
    question = {"kind": "choice", "options": options, "required": True}
    steps = [
        {
            "key": f"s{n}",
            "title": f"Question {n}",
            "fields": [{**question, "key": f"item{n}", "label": "How often?"}],
        }
        for n in (1, 2)
    ]
    return make_version(steps=steps, **fields)


# --- Taking a choice back ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "key", "value"), [(1, "strength", "6"), (3, "told", "yes"), (3, "safe", "no")]
)
def test_a_choice_can_be_taken_back_without_a_script(http, draft, number, key, value):
    sent = {key: value, "words": "stay"}
    response = http.post(step(draft, number), {**sent, "_clear": key})
    assert response["Location"] == f"{step(draft, number)}#id_{key}"
    draft.refresh_from_db()
    assert draft.answers == ({"words": "stay"} if number == 3 else {})


@pytest.mark.parametrize("key", ["", "strange", "<script>", "words\r\nx"])
def test_clearing_what_is_not_there_clears_nothing(http, draft, key):
    response = http.post(step(draft, 3), {"words": "stay", "_clear": key})
    assert response["Location"] == step(draft, 3)
    draft.refresh_from_db()
    assert draft.answers == {"words": "stay"}


def test_the_enter_key_neither_leads_back_nor_closes_anything(http, draft):
    buttons = re.findall(r'<button[^>]*type="submit"[^>]*>', page(http, draft, 3))
    assert 'value="on"' in buttons[0]
    assert "formaction" not in buttons[0]
    http.post(step(draft, 3), {"_go": "on", "minutes": "5", "_-sharing": "private"})
    draft.refresh_from_db()
    assert (draft.state, draft.answers) == ("draft", {"minutes": 5})


# --- Questionnaires of one question a step ---------------------------------------------------


def test_a_choice_alone_turns_its_page_but_never_the_last(http, ravi):
    draft = entry_begin(client=ravi, version=choices_version())
    assert "data-turns" in page(http, draft, 1)
    assert "A tap takes you on." in page(http, draft, 1)
    assert "data-turns" not in page(http, draft, 2)
    http.post(step(draft, 1), {"_go": "on", "item1": "v2"})
    assert "data-turns" not in page(http, draft, 1)


def test_whose_words_they_are_stands_under_each_question(http, ravi):
    version = choices_version(copyright="© 1999 Its <authors>. Used with leave.")
    draft = entry_begin(client=ravi, version=version)
    for number in (1, 2):
        assert "© 1999 Its &lt;authors&gt;." in page(http, draft, number)


def test_a_measure_is_not_asked_when_it_was(http, ravi):
    draft = entry_begin(client=ravi, version=choices_version(kind="measure"))
    assert "When was it?" not in page(http, draft, 2)


# --- Before and after ------------------------------------------------------------------------


def test_the_last_page_says_what_changed(http, assignment):
    entry = make_entry(assignment=assignment, answers={"strength": 4, "after": 6})
    done = http.get(reverse("exercises:finish", args=[entry.pk])).content.decode()
    assert "It was 4, now it is 6." in done
    assert "It is allowed to be stronger for a while." in done


# --- What a browser keeps ----------------------------------------------------------------------


def test_no_script_of_ours_keeps_anything_in_the_browser():
    scripts = [
        file
        for folder in settings.STATICFILES_DIRS
        for file in folder.rglob("*.js")
        if "vendor" not in file.parts
    ]
    assert len(scripts) > 3
    worker = settings.BASE_DIR / "templates" / "clients" / "sw.js"
    kept = {file.name: set(KEEPERS.findall(file.read_text())) for file in [*scripts, worker]}
    # It turns notifications on, whose worker keeps nothing either.
    assert kept.pop("devices.js") == {"serviceWorker"}
    assert {name: found for name, found in kept.items() if found} == {}


def test_browsers_are_asked_to_keep_neither_the_page_nor_what_was_typed(http, assignment, draft):
    response = http.get(step(draft, 3))
    assert "no-store" in response["Cache-Control"]
    for shown in (response, http.get(reverse("exercises:could_not", args=[assignment.pk]))):
        form = re.search(r'<form class="(stepping|section)"[^>]*>', shown.content.decode())[0]
        assert 'autocomplete="off"' in form


# --- However much was written --------------------------------------------------------------------


def queries_of(http, path) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert http.get(path).status_code == 200
    return len(queries)


def test_home_and_steps_cost_the_same_with_ten_entries_and_a_thousand(http, ravi, draft):
    now = timezone.now()
    done = {"client": ravi, "version": draft.version, "assignment": draft.assignment}
    paths = [reverse("clients:home"), step(draft, 1), step(draft, 3)]
    http.get(paths[0])
    cost = []
    for count in (10, 990):
        Entry.objects.bulk_create(
            Entry(
                **done,
                state="submitted",
                happened_at=now,
                logged_at=now,
                local_date=draft.local_date,
            )
            for _ in range(count)
        )
        cost.append([queries_of(http, path) for path in paths])
    assert cost[0] == cost[1]
    assert cost[0][1:] == [3, 3]  # sign-in, user, entry
