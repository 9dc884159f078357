"""The smaller form: offered everywhere, begun by one tap, counted like any other."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from exercises.home import today
from exercises.models import Entry
from exercises.selectors.kept import practised_days
from exercises.services.practising import entry_begin, entry_save_step, entry_submit
from tests.exercises.conftest import STEPS
from tests.factories import make_assignment, make_version


@pytest.fixture
def version(db):
    return make_version(title="Pause", steps=STEPS, easier="One breath.", smaller=["pause"])


def begin(assignment, smaller=None):
    return entry_begin(
        client=assignment.client,
        version=assignment.version,
        assignment=assignment,
        smaller=smaller,
    )


def save(entry, number, raw):
    entry_save_step(entry=entry, step=entry.steps()[number - 1], raw=raw)


def post(http, assignment, **sent):
    return http.post(reverse("exercises:begin", args=[assignment.pk]), sent)


def test_it_begins_smaller_when_asked(http, assignment):
    assert (
        "Do the smaller one"
        in http.get(reverse("exercises:begin", args=[assignment.pk])).content.decode()
    )
    post(http, assignment, smaller="yes")
    entry = Entry.objects.get()
    assert entry.smaller
    assert [step.key for step in entry.steps()] == ["pause"]


def test_what_was_given_smaller_begins_so_with_the_whole_as_a_choice(http, assignment):
    type(assignment).objects.update(smaller=True)
    page = http.get(reverse("exercises:begin", args=[assignment.pk])).content.decode()
    assert "Do the whole one instead" in page
    post(http, assignment)
    assert Entry.objects.get().smaller
    post(http, assignment, smaller="no")
    assert not Entry.objects.get().smaller


def test_going_on_keeps_the_form(assignment):
    begin(assignment, smaller=True)
    assert begin(assignment).smaller


def test_a_form_may_change_while_all_that_is_written_has_a_place_in_it(assignment):
    save(begin(assignment), 1, {"strength": "6"})
    entry = begin(assignment, smaller=True)
    assert (entry.smaller, entry.answers) == (True, {"strength": 6})


def test_no_word_falls_out_of_a_smaller_form(http, assignment):
    save(begin(assignment), 2, {"feelings": "shame"})
    page = http.post(
        reverse("exercises:begin", args=[assignment.pk]), {"smaller": "yes"}, follow=True
    ).content.decode()
    entry = Entry.objects.get()
    assert (entry.smaller, entry.answers) == (False, {"feelings": ["shame"]})
    assert "all of it is kept here" in page


def test_a_page_of_words_alone_is_a_smaller_form_too(http, ravi):
    todo = make_assignment(
        client=ravi, version=make_version(steps=STEPS, easier="One breath."), starts_on="2020-01-01"
    )
    post(http, todo, smaller="yes")
    entry = Entry.objects.get()
    page = http.get(reverse("exercises:step", args=[entry.pk, 1])).content.decode()
    assert "One breath." in page
    http.post(reverse("exercises:finish", args=[entry.pk]), {"_-sharing": "private"})
    entry.refresh_from_db()
    assert entry.state == "submitted"


def test_where_there_is_none_the_whole_begins(http, ravi):
    todo = make_assignment(client=ravi, version=make_version(), starts_on="2020-01-01")
    page = http.get(reverse("exercises:begin", args=[todo.pk])).content.decode()
    assert "smaller" not in page
    post(http, todo, smaller="yes")
    assert not Entry.objects.get().smaller


def test_it_counts_as_practised_like_any_other(http, assignment):
    entry = begin(assignment, smaller=True)
    entry_submit(entry=entry, sharing="private")
    day = entry.local_date
    assert practised_days(assignment.client, day, day) == {day}
    panel = today(assignment.client, timezone.now())
    assert [row.practised for row in panel["others"]] == [True]
    page = http.get(reverse("exercises:finish", args=[entry.pk])).content.decode()
    assert "Small is enough." in page


@pytest.mark.parametrize(("given", "offered"), [(False, True), (True, False)])
def test_home_offers_it_where_it_is_not_the_form_already(http, assignment, given, offered):
    type(assignment).objects.update(smaller=given)
    page = http.get(reverse("clients:home")).content.decode()
    assert ("Do the smaller one" in page) is offered
    assert ("The smaller one ·" in page) is given
