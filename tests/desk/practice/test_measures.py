from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from counsel.desk.practice.measures import measures_in, without_amount
from exercises.models import Score
from exercises.services.measures import score_make
from tests.desk.practice.reading import WEEKS, texts
from tests.exercises.measuring import answers, make_measure
from tests.factories import make_client, make_counsellor, make_entry

pytestmark = pytest.mark.django_db
NOTHING = ["fewer than 5", "–", "–", "–", "fewer than 5"]
INSIDE, EARLIER = date(2030, 1, 20), date(2029, 12, 1)


@pytest.fixture
def phq():
    return make_measure("phq-9")


def score(person, version, points, day, **fields):
    at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    given = answers(*[3] * (points // 3), key=version.scoring)
    fields = {"sharing": "shared", "answers": given, **fields}
    entry = make_entry(client=person, version=version, happened_at=at, local_date=day, **fields)
    score_make(entry=entry, now=at)
    return entry


def change(version, first, last, counsellor=None, day=INSIDE):
    person = make_client(counsellor=counsellor)
    score(person, version, first, EARLIER)
    return score(person, version, last, day)


def rows(known=()):
    return texts(measures_in(WEEKS, known))


def test_it_counts_who_reliably_improved_and_who_did_not(phq):
    """From six points on a change of the PHQ-9 is more than chance."""
    for first, last in ((12, 6), (12, 3), (12, 9), (9, 9), (6, 12)):
        change(phq, first, last)
    expected = ["5", "40% (2 of 5)", "40% (2 of 5)", "20% (1 of 5)", "fewer than 5"]
    assert rows()["PHQ-9"] == expected
    assert rows()["GAD-7"] == NOTHING


def test_fewer_than_five_are_not_told(phq):
    for _person in range(4):
        change(phq, 12, 3)
    assert rows()["PHQ-9"] == NOTHING


def test_it_asks_for_two_scores_the_last_of_them_in_these_weeks(phq):
    for _person in range(5):
        score(make_client(), phq, 12, INSIDE)
        change(phq, 12, 3, day=date(2030, 1, 1))
        change(phq, 12, 3, day=WEEKS.last + timedelta(days=1))
    assert rows()["PHQ-9"] == [*NOTHING[:4], "100% (5 of 5)"]


def test_it_goes_from_the_very_first_to_the_last(phq):
    for _person in range(5):
        person = change(phq, 9, 3).client
        score(person, phq, 12, INSIDE - timedelta(days=1))
    assert rows()["PHQ-9"][1] == "100% (5 of 5)"


def test_only_what_is_shared_now_counts(phq):
    entries = [change(phq, 12, 3) for _person in range(5)]
    assert rows()["PHQ-9"][0] == "5"
    entries[0].sharing = "private"
    entries[0].save()
    assert rows()["PHQ-9"] == NOTHING


def test_what_was_corrected_counts_once(phq):
    entries = [change(phq, 12, 3) for _person in range(5)]
    for entry in entries:
        score(entry.client, phq, 12, INSIDE, corrects=entry)
    assert rows()["PHQ-9"][1:3] == ["0% (0 of 5)", "100% (5 of 5)"]


def test_what_was_scored_by_other_facts_is_not_compared(phq):
    for _person in range(5):
        change(phq, 12, 3)
    Score.objects.filter(entry__local_date=EARLIER).update(scoring_version=99)
    assert rows()["PHQ-9"] == NOTHING


def test_higher_may_be_better():
    who = make_measure("who-5")
    for _person in range(5):
        change(who, 3, 12)
    assert rows()["WHO-5"][1] == "100% (5 of 5)"


def test_a_reader_with_clients_of_their_own_learns_nothing_of_a_few_others(phq):
    maya = make_counsellor()
    for counsellor in (maya, maya, maya, maya, None):
        change(phq, 12, 3, counsellor)
    assert rows()["PHQ-9"][0] == "5"
    assert rows(known={maya.pk})["PHQ-9"] == ["kept back", "–", "–", "–", "fewer than 5"]


def test_each_amount_comes_with_its_source_and_the_others_are_named():
    table = measures_in(WEEKS, ())
    assert all(row.note.endswith("or more") and row.source for row in table.rows)
    assert "DASS-21" in without_amount()
    assert not {row.head for row in table.rows} & set(without_amount())
