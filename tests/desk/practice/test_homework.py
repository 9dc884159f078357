from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from counsel.accounts.models import Counsellor
from counsel.desk.practice.homework import homework_in
from counsel.desk.practice.rhythm import kept_in, rhythms_of
from tests.desk.practice.reading import WEEKS, texts
from tests.factories import make_assignment, make_client, make_counsellor, make_entry, make_version

pytestmark = pytest.mark.django_db
TUESDAY = date(2030, 1, 15)


def given(counsellor, **fields):
    fields.setdefault("starts_on", WEEKS.first)
    fields.setdefault("client", None)
    fields["client"] = fields["client"] or make_client(counsellor=counsellor)
    return make_assignment(**fields)


def do(assignment, *days, **fields):
    for day in days:
        at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        make_entry(assignment=assignment, happened_at=at, local_date=day, **fields)


def rhythm(counsellor):
    return rhythms_of(kept_in(WEEKS).get(counsellor.pk, []), WEEKS)


def test_it_counts_days_done_of_days_planned():
    maya = make_counsellor()
    assignment = given(maya)
    do(assignment, TUESDAY, TUESDAY, TUESDAY + timedelta(days=1))
    do(assignment, TUESDAY + timedelta(days=2), outcome="could_not")
    do(assignment, WEEKS.first - timedelta(days=1), WEEKS.last + timedelta(days=1))
    do(assignment, WEEKS.last, state="draft")
    found = rhythm(maya)
    assert (found.clients, found.planned, found.done) == (1, 28, 2)


def test_one_exercise_done_more_often_makes_up_for_no_other():
    maya = make_counsellor()
    often = given(maya, rhythm="times_a_week", times_a_week=1, ends_on=date(2030, 1, 13))
    given(maya, client=often.client, starts_on=WEEKS.last, ends_on=WEEKS.last)
    do(often, WEEKS.first, date(2030, 1, 8), date(2030, 1, 9))
    found = rhythm(maya)
    assert (found.clients, found.planned, found.done) == (1, 2, 1)


def test_what_is_asked_once_counts_in_the_week_in_which_it_was_done():
    maya = make_counsellor()
    once = given(maya, rhythm="once", ends_on=date(2030, 3, 1))
    assert rhythm(maya).clients == 0
    do(once, TUESDAY)
    found = rhythm(maya)
    assert (found.planned, found.done, found.median_days) == (1, 1, 1)


@pytest.mark.parametrize(
    ("sharing", "shows_days", "done"),
    [("shared", False, 1), ("private", True, 1), ("private", False, 0)],
)
def test_a_day_kept_private_is_not_counted(sharing, shows_days, done):
    maya = make_counsellor()
    person = make_client(counsellor=maya, shows_private_days=shows_days)
    do(given(maya, client=person), WEEKS.last, sharing=sharing)
    found = rhythm(maya)
    assert (found.done, found.practised_lately) == (done, done)


def test_writing_nobody_assigned_is_not_counted():
    maya = make_counsellor()
    person = given(maya).client
    make_entry(client=person, version=make_version(), sharing="shared", local_date=WEEKS.last)
    assert rhythm(maya).practised_lately == 0


def test_the_median_is_over_the_weeks_in_which_something_was_planned():
    maya = make_counsellor()
    # Two weeks of practice, and then nothing that is asked for.
    two_weeks = given(maya, ends_on=date(2030, 1, 20))
    do(two_weeks, date(2030, 1, 7), date(2030, 1, 8), date(2030, 1, 14))
    found = rhythm(maya)
    assert found.median_days == 1.5
    assert (found.lately, found.practised_lately) == (0, 0)


def test_a_client_counts_with_the_counsellor_they_are_with_now():
    assignment = given(make_counsellor())
    tom = make_counsellor()
    assignment.client.counsellor = tom
    assignment.client.save()
    assert list(kept_in(WEEKS)) == [tom.pk]


def practice(**sizes):
    """Counsellors with so many clients, each of whom was asked for one day and did it."""
    last = {"rhythm": "once", "starts_on": WEEKS.last, "ends_on": WEEKS.last}
    for name, size in sizes.items():
        counsellor = make_counsellor(display_name=name)
        for _number in range(size):
            do(given(counsellor, version=make_version(), **last), WEEKS.last)
    return list(Counsellor.objects.order_by("display_name"))


def test_it_tells_nothing_about_fewer_than_five():
    found = homework_in(WEEKS, practice(Maya=3), ())
    assert texts(found.total) == {
        "Clients with something planned": ["fewer than 5", "fewer than 5"],
        "Done of planned days": ["–", "–"],
        "Clients who practised in the last of the weeks": ["fewer than 5", "fewer than 5"],
        "Days practised a week, median": ["–", "–"],
    }
    assert texts(found.counsellors) == {"Maya": ["fewer than 5", "–", "fewer than 5", "–"]}


def test_it_tells_nothing_that_can_be_worked_out():
    found = homework_in(WEEKS, practice(Maya=1, Tom=5, Zoe=6), ())
    assert texts(found.total)["Clients with something planned"][0] == "12"
    rows = texts(found.counsellors)
    assert rows["Maya"] == ["fewer than 5", "–", "fewer than 5", "–"]
    assert rows["Tom"] == ["kept back", "–", "kept back", "–"]
    assert rows["Zoe"] == ["6", "100% (6 of 6)", "100% (6 of 6)", "1.0"]


def test_a_reader_with_clients_of_their_own_cannot_take_them_away():
    counsellors = practice(Maya=5, Tom=1)
    maya, _tom = counsellors
    for known, count in (((), "6"), ({maya.pk}, "kept back")):
        total = texts(homework_in(WEEKS, counsellors, known).total)
        assert total["Clients with something planned"] == [count, "fewer than 5"]
