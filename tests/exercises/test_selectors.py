from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.http import Http404

from exercises.access import shared_entry_of
from exercises.selectors.journal import Writing, journal_to_write
from exercises.selectors.kept import practised_days
from exercises.selectors.timeline import timeline
from exercises.selectors.today import todays_practice
from exercises.selectors.told import (
    shared_entries,
    shared_facts,
    told_practice,
    unread_entries,
)
from exercises.services.practising import entry_share
from exercises.services.replies import entry_mark_seen
from tests.factories import make_assignment, make_consultation, make_entry, make_version

NOON = datetime(2030, 1, 7, 6, 30, tzinfo=UTC)
MONDAY = date(2030, 1, 7)
WEEK = (MONDAY - timedelta(days=6), MONDAY)


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False):
        yield


def today_of(assignment):
    (row,) = todays_practice(assignment.client, MONDAY)
    return row


def test_today_wants_what_the_rhythm_asks_for(assignment):
    row = today_of(assignment)
    assert (row.wanted, row.practised, row.could_not, row.has_draft) == (True, False, False, False)


def test_today_wants_nothing_more_after_practising(assignment):
    make_entry(assignment=assignment, happened_at=NOON)
    row = today_of(assignment)
    assert (row.wanted, row.practised) == (False, True)


def test_today_asks_no_more_after_why_not(assignment):
    make_entry(assignment=assignment, outcome="could_not", happened_at=NOON)
    row = today_of(assignment)
    assert (row.wanted, row.could_not, row.practised) == (False, True, False)


def test_today_knows_the_draft(assignment):
    make_entry(assignment=assignment, state="draft", happened_at=NOON)
    row = today_of(assignment)
    assert (row.wanted, row.has_draft) == (True, True)


@pytest.mark.parametrize(
    "closed",
    [
        {"status": "withdrawn", "withdrawn_on": date(2026, 6, 1)},
        {"ends_on": date(2030, 1, 6)},
        {"starts_on": date(2030, 1, 8)},
    ],
)
def test_today_leaves_out_what_is_not_open(assignment, closed):
    type(assignment).objects.filter(pk=assignment.pk).update(**closed)
    assert todays_practice(assignment.client, MONDAY) == []


def test_what_was_wanted_once_is_not_wanted_again_a_year_later(ravi, version):
    once = make_assignment(client=ravi, version=version, rhythm="once", starts_on="2020-01-01")
    make_entry(assignment=once, happened_at=NOON - timedelta(days=365))
    assert not today_of(once).wanted


def test_what_was_done_for_one_consultation_is_not_done_for_the_next(ravi, version):
    asked = make_assignment(
        client=ravi, version=version, rhythm="before_meeting", starts_on="2030-01-01"
    )
    for days in (-2, 0):
        make_consultation(client=ravi, starts_at=NOON + timedelta(days=days, hours=2))
    make_entry(assignment=asked, happened_at=NOON - timedelta(days=2))
    assert today_of(asked).wanted


def test_days_practised_are_those_of_the_clients_own_clock(ravi, assignment):
    make_entry(assignment=assignment, happened_at=datetime(2030, 1, 5, 20, tzinfo=UTC))
    make_entry(client=ravi, happened_at=NOON, outcome="could_not")
    make_entry(client=ravi, happened_at=NOON - timedelta(days=9))
    assert practised_days(ravi, *WEEK) == {date(2030, 1, 6)}


ANSWERED = {"strength": 7, "after": 2, "feelings": ["shame"]}


def test_the_counsellor_counts_private_days_without_their_numbers(ravi, version):
    given = make_assignment(client=ravi, version=version, starts_on="2020-01-01")
    for sharing in ("private", "shared"):
        make_entry(assignment=given, sharing=sharing, happened_at=NOON, answers=ANSWERED)
    told = told_practice(ravi, *WEEK)
    assert [(row.assignment_id, row.practice.done) for row in told] == [(given.pk, True)] * 2
    assert {row.practice.before for row in told} == {None}
    facts = shared_facts(ravi, None, NOON + timedelta(days=1))
    [practice] = facts.practices.values()
    assert (practice.before, practice.after, practice.feelings) == (7, 2, ("shame",))


def test_the_counsellor_does_not_count_what_nobody_assigned(ravi):
    make_entry(client=ravi, happened_at=NOON, sharing="shared")
    assert told_practice(ravi, *WEEK) == []


def test_what_is_asked_once_is_told_whenever_it_was_done(ravi, version):
    once = make_assignment(client=ravi, version=version, rhythm="once", starts_on="2020-01-01")
    make_entry(assignment=once, happened_at=NOON - timedelta(days=99))
    assert told_practice(ravi, *WEEK) == []
    assert len(told_practice(ravi, *WEEK, once=[once.pk])) == 1


def test_a_feeling_is_first_named_in_what_is_shared_now(ravi, version):
    answered = {"client": ravi, "version": version, "answers": ANSWERED}
    for sharing, ago in (("private", 40), ("shared", 20)):
        make_entry(**answered, sharing=sharing, happened_at=NOON - timedelta(days=ago))
    now = make_entry(**answered, sharing="shared", happened_at=NOON)
    span = (NOON - timedelta(days=1), NOON + timedelta(days=1))
    found = shared_facts(ravi, *span)
    assert list(found.practices) == [now.pk]
    assert found.first_named == {"shame": (NOON - timedelta(days=20)).date()}


def test_what_is_taken_back_is_gone_for_the_counsellor_at_once(assignment):
    ravi, reader = assignment.client, assignment.client.counsellor.user
    entry = make_entry(assignment=assignment, sharing="shared", happened_at=NOON)
    span = (NOON - timedelta(days=1), NOON + timedelta(days=1))
    assert shared_entry_of(reader, entry.pk) == entry
    assert (shared_entries(ravi, *span), unread_entries(ravi)) == ([entry], [entry])
    entry_share(entry=entry, sharing="private")
    with pytest.raises(Http404):
        shared_entry_of(reader, entry.pk)
    assert (shared_entries(ravi, *span), unread_entries(ravi)) == ([], [])


def test_unread_is_what_the_counsellor_has_not_seen(assignment):
    seen, new = (
        make_entry(assignment=assignment, sharing="shared", happened_at=NOON) for _ in range(2)
    )
    entry_mark_seen(entry=seen)
    assert unread_entries(assignment.client) == [new]


def test_the_timeline_carries_no_words(ravi, django_assert_num_queries):
    make_entry(client=ravi, answers={"words": "mine"}, happened_at=NOON)
    with django_assert_num_queries(1):
        (entry,) = timeline(ravi)
        assert "answers" in entry.get_deferred_fields()


@pytest.fixture
def journal_version(db):
    return make_version(slug="journal", kind="journal", title="Journal")


def test_writing_belongs_to_the_client_alone_unless_it_is_wanted(ravi, journal_version):
    assert journal_to_write(ravi, MONDAY) == Writing(journal_version, None, False)


def test_writing_counts_for_a_journal_that_is_wanted_today(ravi, journal_version):
    wanted = make_assignment(client=ravi, version=journal_version, starts_on=date(2030, 1, 1))
    assert journal_to_write(ravi, MONDAY) == Writing(journal_version, wanted, False)
    make_entry(assignment=wanted, happened_at=NOON)
    assert journal_to_write(ravi, MONDAY) == Writing(journal_version, None, False)


def test_writing_goes_on_where_it_was_begun(ravi, journal_version):
    make_entry(client=ravi, version=journal_version, state="draft", happened_at=NOON)
    make_assignment(client=ravi, version=journal_version, starts_on=date(2030, 1, 1))
    assert journal_to_write(ravi, MONDAY) == Writing(journal_version, None, True)


def test_there_is_nothing_to_write_on_before_the_library_is_loaded(ravi):
    assert journal_to_write(ravi, MONDAY) is None
