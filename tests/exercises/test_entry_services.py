from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from django.db import IntegrityError
from django.utils import timezone

from clients.models import Sharing
from counsel.common.errors import ConflictError, DomainError
from exercises.models import Entry, EntryFact
from exercises.services.declining import entry_could_not
from exercises.services.practising import (
    entry_begin,
    entry_discard,
    entry_rate,
    entry_save_step,
    entry_share,
    entry_submit,
)
from tests.factories import make_assignment, make_entry, make_version


def begin(assignment) -> Entry:
    return entry_begin(client=assignment.client, version=assignment.version, assignment=assignment)


def save(entry, number, raw):
    return entry_save_step(entry=entry, step=entry.steps()[number - 1], raw=raw)


def begun_with_a_feeling(assignment) -> Entry:
    entry = begin(assignment)
    save(entry, 2, {"feelings": ["shame", "like glass"]})
    return entry


@time_machine.travel("2030-01-07T20:00Z", tick=False)
def test_it_begins_on_the_clients_own_day(assignment):
    entry = begin(assignment)
    assert entry.local_date == date(2030, 1, 8)
    assert (entry.state, entry.happened_at) == ("draft", timezone.now())


def test_it_resumes_the_draft_of_another_tab(assignment):
    assert begin(assignment) == begin(assignment)
    assert Entry.objects.count() == 1


def test_it_takes_up_an_older_draft_as_todays(assignment):
    with time_machine.travel("2030-01-07T10:00Z"):
        entry = begin(assignment)
    with time_machine.travel("2030-01-09T10:00Z"):
        assert begin(assignment) == entry
    entry.refresh_from_db()
    assert entry.local_date == date(2030, 1, 9)


def test_it_keeps_free_drafts_of_two_people_apart(ravi, mira, version):
    assert entry_begin(client=ravi, version=version) != entry_begin(client=mira, version=version)


@pytest.mark.parametrize(
    "closed",
    [
        {"status": "withdrawn", "withdrawn_on": date(2026, 6, 1)},
        {"starts_on": date(2999, 1, 1)},
        {"ends_on": date(2020, 1, 2)},
    ],
)
def test_it_does_not_begin_what_is_not_open(assignment, closed):
    for name, value in closed.items():
        setattr(assignment, name, value)
    with pytest.raises(DomainError):
        begin(assignment)


@pytest.mark.parametrize("fields", [{"assigned": True}, {"assigned": False}])
def test_the_database_keeps_one_draft(assignment, fields):
    common = {"client": assignment.client, "version": assignment.version, "state": "draft"}
    common["assignment"] = assignment if fields["assigned"] else None
    make_entry(**common)
    with pytest.raises(IntegrityError):
        make_entry(**common)


@pytest.mark.parametrize(
    ("by_client", "by_exercise", "first"),
    [
        ("private", "shared", "private"),
        ("shared", "private", "private"),
        ("shared", "shared", "shared"),
    ],
)
def test_it_is_shared_at_first_only_where_both_lean_that_way(ravi, by_client, by_exercise, first):
    ravi.default_sharing = by_client
    version = make_version(sharing_default=by_exercise)
    assert entry_begin(client=ravi, version=version).sharing == first


def test_it_keeps_each_step_and_replaces_only_its_own(assignment):
    entry = begin(assignment)
    save(entry, 1, {"strength": "7"})
    save(entry, 2, {"feelings": ["shame"]})
    save(entry, 1, {"strength": "4"})
    entry.refresh_from_db()
    assert entry.answers == {"strength": 4, "feelings": ["shame"]}


def test_it_keeps_what_was_there_when_the_new_answer_is_refused(assignment):
    entry = begin(assignment)
    save(entry, 1, {"strength": "7"})
    cleaned = save(entry, 1, {"strength": "77"})
    entry.refresh_from_db()
    assert entry.answers == {"strength": 7}
    assert cleaned.errors.keys() == {"strength"}


def test_it_lets_go_of_an_answer_that_was_taken_back(assignment):
    entry = begun_with_a_feeling(assignment)
    save(entry, 2, {"feelings": [""]})
    entry.refresh_from_db()
    assert entry.answers == {}


@time_machine.travel("2030-01-07T10:00Z", tick=False)
def test_it_submits_once_and_for_good(assignment):
    entry = begun_with_a_feeling(assignment)
    kept = entry_submit(entry=entry, sharing="private")
    assert (kept.state, kept.logged_at) == ("submitted", timezone.now())
    with pytest.raises(ConflictError):
        entry_submit(entry=entry, sharing="shared")
    with pytest.raises(ConflictError):
        save(entry, 2, {"feelings": ["joy"]})
    kept.refresh_from_db()
    assert (kept.answers, kept.sharing) == ({"feelings": ["shame", "like glass"]}, "private")


def test_it_names_the_answer_that_is_still_open(assignment):
    with pytest.raises(DomainError) as refusal:
        entry_submit(entry=begin(assignment), sharing="private")
    assert refusal.value.field == "feelings"
    assert Entry.objects.get().state == "draft"


def test_it_counts_numbers_and_known_feelings_and_no_word_of_ones_own(assignment):
    entry = begun_with_a_feeling(assignment)
    save(entry, 1, {"strength": "7"})
    save(entry, 3, {"after": "2", "words": "private words"})
    entry_submit(entry=entry, sharing="private")
    facts = set(EntryFact.objects.values_list("kind", "label", "number"))
    assert facts == {("before", "", 7), ("after", "", 2), ("feeling", "shame", None)}


def test_it_takes_why_not_as_an_answer(assignment):
    entry = entry_could_not(assignment=assignment, because=" Travelling\r\n", sharing="shared")
    assert (entry.state, entry.outcome, entry.because) == ("submitted", "could_not", "Travelling")


def test_it_takes_the_same_why_not_once(assignment):
    first = entry_could_not(assignment=assignment, because="Travelling", sharing="shared")
    assert entry_could_not(assignment=assignment, because="Travelling", sharing="shared") == first
    other = entry_could_not(assignment=assignment, because="Too tired", sharing="shared")
    assert other != first


@pytest.mark.parametrize("because", ["a\x00b", "a\ud800b", "x" * 100_001])
def test_it_refuses_why_nots_that_cannot_be_kept(assignment, because):
    with pytest.raises(DomainError) as refusal:
        entry_could_not(assignment=assignment, because=because, sharing="shared")
    assert refusal.value.field == "because"
    assert not Entry.objects.exists()


def test_it_refuses_why_nots_to_what_is_not_open(assignment):
    assignment.ends_on = timezone.now().date() - timedelta(days=3)
    with pytest.raises(DomainError):
        entry_could_not(assignment=assignment, because="", sharing="private")


def test_it_changes_sharing_both_ways_and_no_word(assignment):
    entry = make_entry(assignment=assignment, answers={"words": "as it was"})
    for sharing in (Sharing.SHARED, Sharing.PRIVATE):
        entry_share(entry=entry, sharing=sharing)
        assert Entry.objects.get(sharing=sharing).answers == {"words": "as it was"}


def test_it_takes_an_opinion_later(assignment):
    entry = make_entry(assignment=assignment)
    entry_rate(entry=entry, helpful=3)
    entry.refresh_from_db()
    assert entry.helpful == 3


def test_it_throws_away_drafts_and_nothing_else(assignment):
    entry_discard(entry=begin(assignment))
    assert not Entry.objects.exists()
    kept = make_entry(assignment=assignment)
    with pytest.raises(ConflictError):
        entry_discard(entry=kept)


def test_a_late_tab_cannot_write_into_a_discarded_draft(assignment):
    entry = begin(assignment)
    entry_discard(entry=entry)
    with pytest.raises(ConflictError):
        save(Entry(pk=entry.pk, version=entry.version), 1, {"strength": "3"})


def test_each_assignment_has_a_draft_of_its_own(ravi, version, assignment):
    other = make_assignment(client=ravi, version=version, starts_on=date(2020, 1, 1))
    assert begin(assignment) != begin(other)
