from __future__ import annotations

from datetime import date

import pytest

from exercises.models import Assignment, AssignmentPause
from exercises.wording import RhythmFacts, asked_words, pause_words, rhythm_words, standing_of
from tests.factories import make_assignment

MARCH = date(2030, 3, 3)


def typed(rhythm, times_a_week=None, weekdays="", every_weeks=None):
    return RhythmFacts(rhythm, times_a_week, weekdays, every_weeks)


@pytest.mark.parametrize(
    ("given", "words", "sentence"),
    [
        (typed("once"), "once", "Once, from 3 March on."),
        (typed("daily"), "every day", "Every day, from 3 March on."),
        (
            typed("times_a_week", times_a_week=3),
            "3 days a week",
            "On 3 days a week, from 3 March on.",
        ),
        (
            typed("times_a_week", times_a_week=1),
            "1 day a week",
            "On 1 day a week, from 3 March on.",
        ),
        (typed("weekdays", weekdays="02"), "Mon, Wed", "On Mon, Wed, from 3 March on."),
        (
            typed("every_weeks", every_weeks=2),
            "every 2 weeks",
            "Every 2 weeks, on any one of seven days, from 3 March on.",
        ),
        (
            typed("every_weeks", every_weeks=1),
            "every week",
            "Every week, on any one of seven days, from 3 March on.",
        ),
        (
            typed("before_meeting"),
            "before each consultation",
            "Before each consultation, on any of the last days before it, from 3 March on.",
        ),
    ],
)
def test_it_says_a_rhythm(given, words, sentence):
    assert rhythm_words(given) == words
    assert asked_words(given, MARCH, None) == sentence


def test_it_says_the_dates():
    asked = asked_words(typed("weekdays", weekdays="02"), MARCH, date(2030, 3, 30))
    assert asked == "On Mon, Wed, from 3 March to 30 March."
    assert asked_words(typed("daily"), None, None) == "Every day, from today on."


@pytest.mark.parametrize(
    ("fields", "rest", "shape", "words"),
    [
        ({}, None, "on", "running"),
        ({"starts_on": date(2030, 3, 5)}, None, "wait", "begins 5 Mar"),
        ({"ends_on": date(2030, 3, 3)}, None, "on", "running"),
        ({"ends_on": date(2030, 3, 2)}, None, "done", "ended"),
        ({"status": "withdrawn", "withdrawn_on": MARCH}, None, "off", "withdrawn"),
        ({}, (date(2030, 3, 1), None), "off", "resting"),
        ({}, (MARCH, date(2030, 3, 12)), "off", "resting until 12 Mar"),
        ({}, (date(2030, 3, 4), date(2030, 3, 12)), "off", "rests from 4 Mar"),
        ({}, (date(2030, 3, 1), date(2030, 3, 2)), "on", "running"),
    ],
)
def test_it_says_how_an_assignment_stands(db, fields, rest, shape, words):
    todo = make_assignment(**fields)
    if rest:
        AssignmentPause.objects.create(assignment=todo, first_day=rest[0], last_day=rest[1])
    standing = standing_of(todo, MARCH)
    assert (standing.shape, standing.words) == (shape, words)


def test_what_waits_says_so():
    assert standing_of(Assignment(status="waiting", starts_on=MARCH), MARCH).words == "waiting"


@pytest.mark.parametrize(
    ("last", "words"),
    [(None, "from 3 Mar"), (date(2030, 3, 12), "3 Mar to 12 Mar"), (MARCH, "3 Mar")],
)
def test_it_says_a_rest(last, words):
    assert pause_words(AssignmentPause(first_day=MARCH, last_day=last)) == words
