from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest
import time_machine
from django.urls import reverse

from exercises.models import EntryFact
from exercises.services.practising import facts_of
from tests.exercises.measuring import answers, give, hand_in, make_measure
from tests.factories import (
    make_assignment,
    make_consultation,
    make_entry,
    make_portal_client,
    make_progress_event,
    make_version,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 1, 9, 20, tzinfo=UTC)
STEPS = [
    {
        "key": "all",
        "title": "All",
        "fields": [
            {"key": "first", "kind": "scale", "label": "Now?", "role": "before"},
            {"key": "named", "kind": "feelings", "label": "This is"},
            {"key": "last", "kind": "scale", "label": "And now?", "role": "after"},
        ],
    }
]


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def anna(client):
    # Past midnight of the tenth, for her.
    anna = make_portal_client(name="Anna", time_zone="Asia/Kolkata")
    client.force_login(anna.user)
    return anna


@pytest.fixture
def daily(anna):
    version = make_version(title="Pause", steps=STEPS)
    return make_assignment(client=anna, version=version, starts_on=date(2029, 1, 1))


def done(assignment, days_ago=0, *, before=None, after=None, named=(), **fields):
    given = {"first": before, "last": after, "named": list(named)}
    entry = make_entry(
        assignment=assignment,
        happened_at=NOW - timedelta(days=days_ago),
        answers={key: value for key, value in given.items() if value not in (None, [])},
        **fields,
    )
    if not entry.facts.exists():
        EntryFact.objects.bulk_create(facts_of(entry, entry.steps()))
    return entry


def see(client, query=""):
    response = client.get(reverse("exercises:progress") + query)
    assert response.status_code == 200
    return response.context["course"], re.sub(r"\s+", " ", unescape(response.content.decode()))


def test_days_are_counted_by_the_month_and_written_out(client, anna, daily):
    for days_ago in (0, 0, 9, 20, 21, 70):
        done(daily, days_ago)
    done(daily, 1, outcome="could_not")
    make_entry(client=anna, happened_at=NOW - timedelta(days=22))
    course, shown = see(client)
    assert [(m.first, len(m.practised), len(m.days)) for m in course.months] == [
        (date(2030, 1, 1), 2, 10),
        (date(2029, 12, 1), 3, 31),
        (date(2029, 11, 1), 1, 30),
    ]
    assert "You practised on 3 days in December." in shown
    assert "You practised on 1 day in November." in shown
    assert "Practised on day 1 and 10 of the month." in shown


def test_a_month_without_is_quiet_and_nothing_is_held_against_it(client, anna, daily):
    done(daily, 0)
    done(daily, 45)
    _course, shown = see(client)
    assert "December was quiet. That's allowed." in shown
    words = re.sub(r"<[^>]+>", "", shown.split("<main")[1])
    assert not [word for word in ("%", "missed", "streak", "planned", "could") if word in words]


def test_a_month_that_goes_on_is_not_called_quiet(client, anna, daily):
    done(daily, 45)
    _course, shown = see(client)
    assert "The days on which you practise in January will be marked here." in shown


def test_meetings_are_told_by_day_alone(client, anna, daily):
    done(daily, 1)
    held = make_consultation(client=anna, starts_at=NOW - timedelta(days=2), status="completed")
    make_consultation(client=anna, starts_at=NOW - timedelta(days=1), status="no_show")
    _course, shown = see(client)
    assert "You met your counsellor on 8 January." in shown
    assert held.service.name not in shown and "attended" not in shown


def test_all_that_is_ones_own_counts_private_or_not(client, anna, daily):
    done(daily, 1, before=8, after=3, named=["shame"], sharing="private")
    done(daily, 2, before=6, after=4, named=["shame", "fear"], sharing="shared")
    done(daily, 3, before=9)
    course, shown = see(client)
    assert course.feelings == [("shame", 2), ("fear", 1)]
    (strength,) = course.strengths
    assert (strength.before, strength.after, strength.count) == (7, 3.5, 2)
    assert "2 times you noted both: on average it was 7 before, and 3.5 after." in shown


def test_numbers_are_seen_only_where_the_counsellor_lets_them(client, anna):
    hand_in(give(anna, make_measure(title="Nine questions")), answers(2))
    hidden, _shown = see(client)
    assert hidden.measures == []
    hand_in(
        give(anna, make_measure("gad-7", title="Seven"), shows_scores=True), answers(key="gad-7")
    )
    course, shown = see(client)
    assert [measure.title for measure in course.measures] == ["Seven"]
    assert "Nine questions" not in shown and "PHQ" not in shown


def test_events_the_counsellor_noted_are_not_shown(client, anna, daily):
    done(daily, 1)
    make_progress_event(client=anna, words="Moved house")
    assert "Moved house" not in see(client)[1]


def test_one_goes_back_some_months_at_a_time(client, anna, daily):
    done(daily, 1)
    done(daily, 250)
    newest, shown = see(client)
    assert len(newest.months) == 6
    assert "?until=2029-07" in shown and "To these days" not in shown
    older, shown = see(client, "?until=2029-07")
    assert [month.first for month in older.months] == [
        date(2029, 7, 1),
        date(2029, 6, 1),
        date(2029, 5, 1),
    ]
    assert older.earlier is None and "To these days" in shown


@pytest.mark.parametrize("until", ["nonsense", "2029-13", "9999-12", "0001-01", "%00"])
def test_no_address_leads_nowhere(client, anna, daily, until):
    done(daily, 1)
    course, _shown = see(client, f"?until={until}")
    assert course.months[0].practised


def test_what_is_only_begun_is_nothing_yet_and_the_next_step_is_offered(client, anna, daily):
    make_entry(assignment=daily, state="draft")
    course, shown = see(client)
    assert course is None
    assert "One small thing is a beginning." in shown
    assert reverse("clients:home") in shown


def test_it_is_nobody_elses(client, anna, daily):
    done(daily, 1, named=["shame"])
    other = make_portal_client()
    client.force_login(other.user)
    assert see(client)[0] is None


@pytest.mark.parametrize("many", [1, 30])
def test_it_asks_the_database_as_often_for_any_number(
    client, anna, daily, many, django_assert_num_queries
):
    measured = give(anna, make_measure(), shows_scores=True)
    for number in range(many):
        done(daily, number, before=8, after=3, named=["shame"])
        hand_in(measured, answers(number % 3))
    with django_assert_num_queries(10):
        _course, shown = see(client)
    assert len(shown) < 40_000
