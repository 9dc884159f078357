"""Which time a brief is about."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest

from counsel.desk.brief import Choice, brief_of
from counsel.desk.brief.spans import span_of
from sessions.models import Consultation
from tests.factories import make_assignment, make_client, make_consultation, make_entry

NOW = datetime(2030, 3, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def met(day, month=3):
    starts = datetime(2030, month, day, 10, tzinfo=UTC)
    return Consultation(starts_at=starts, ends_at=starts + HOUR)


MARCH, FEBRUARY, JANUARY = met(14), met(14, 2), met(14, 1)
HELD = [MARCH, FEBRUARY, JANUARY]


def test_it_begins_where_the_last_one_ended():
    span = span_of(Choice(), HELD, NOW)
    assert (span.since, span.until, span.after) == (MARCH.ends_at, NOW, MARCH)


def test_without_one_it_looks_back_four_weeks():
    span = span_of(Choice(), [], NOW)
    assert (span.since, span.until, span.after) == (NOW - timedelta(weeks=4), NOW, None)


@pytest.mark.parametrize(("kind", "weeks"), [("4w", 4), ("12w", 12)])
def test_it_looks_back_so_many_weeks(kind, weeks):
    span = span_of(Choice.of({"span": kind}), HELD, NOW)
    assert (span.since, span.until) == (NOW - timedelta(weeks=weeks), NOW)


def test_all_of_it_has_no_beginning():
    assert span_of(Choice.of({"span": "all"}), HELD, NOW).since is None


@pytest.mark.parametrize(("after", "until"), [(JANUARY, FEBRUARY), (FEBRUARY, JANUARY)])
def test_two_consultations_are_put_in_their_order(after, until):
    asked = {"span": "between", "after": str(after.pk), "until": str(until.pk)}
    span = span_of(Choice.of(asked), HELD, NOW)
    assert (span.since, span.until) == (JANUARY.ends_at, FEBRUARY.starts_at)
    assert (span.after, span.before) == (JANUARY, FEBRUARY)


# Named, for workers only share tests that bear the same names in each.
@pytest.mark.parametrize(
    "until", ["", str(JANUARY.pk), str(uuid.uuid4())], ids=["none", "the same", "unknown"]
)
def test_without_a_second_one_it_reaches_up_to_now(until):
    asked = {"span": "between", "after": str(JANUARY.pk), "until": until}
    span = span_of(Choice.of(asked), HELD, NOW)
    assert (span.since, span.until, span.before) == (JANUARY.ends_at, NOW, None)


@pytest.mark.parametrize(
    "asked", [{"span": "\0"}, {"span": "between", "after": "x"}, {"span": "between"}]
)
def test_nonsense_asks_for_nothing_else(asked):
    assert span_of(Choice.of(asked), HELD, NOW).after == MARCH


@pytest.mark.django_db
def test_another_clients_consultation_is_none_to_begin_at():
    other = make_consultation(starts_at=JANUARY.starts_at, status="completed")
    person = make_client()
    last = make_consultation(client=person, starts_at=MARCH.starts_at, status="completed")
    brief = brief_of(person, NOW, Choice("between", other.pk, None))
    assert brief.span.after == last


@pytest.mark.django_db
def test_it_counts_the_days_between_two_consultations_alone():
    person = make_client(time_zone="Europe/London")
    held = [
        make_consultation(client=person, starts_at=one.starts_at, status="completed")
        for one in (JANUARY, FEBRUARY)
    ]
    todo = make_assignment(client=person, rhythm="daily", starts_on=date(2030, 1, 1))
    for one in (JANUARY.starts_at - HOUR * 25, FEBRUARY.starts_at - HOUR, NOW - HOUR):
        make_entry(assignment=todo, sharing="shared", happened_at=one)
    brief = brief_of(person, NOW, Choice("between", held[0].pk, held[1].pk))
    assert (brief.first, brief.today) == (date(2030, 1, 14), date(2030, 2, 14))
    assert (brief.done, brief.planned, len(brief.shared)) == (1, 32, 1)


@pytest.mark.django_db
def test_all_of_it_begins_with_the_first_thing_that_was_asked():
    person = make_client()
    make_assignment(client=person, rhythm="daily", starts_on=date(2029, 12, 1))
    brief = brief_of(person, NOW, Choice("all"))
    assert (brief.first, brief.planned) == (date(2029, 12, 1), 109)


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["last", "4w", "all", "between"])
def test_whichever_span_asks_no_more(kind, django_assert_max_num_queries):
    person = make_client()
    first = make_consultation(client=person, starts_at=MARCH.starts_at, status="completed")
    make_assignment(client=person, rhythm="once", starts_on=date(2030, 1, 1))
    todo = make_assignment(client=person, rhythm="before_meeting", starts_on=date(2030, 1, 1))
    make_entry(assignment=todo, sharing="shared", happened_at=NOW - HOUR)
    with django_assert_max_num_queries(12):
        brief_of(person, NOW, Choice(kind, first.pk, None))
