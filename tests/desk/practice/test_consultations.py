from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from counsel.desk.practice.consultations import consultations_in
from counsel.desk.practice.spans import Span
from tests.desk.practice.reading import LONDON, NOW, SPAN, texts
from tests.factories import make_client, make_consultation, make_counsellor, make_service

pytestmark = pytest.mark.django_db


def figures(span=SPAN, *counsellors, now=NOW):
    return consultations_in(span, list(counsellors), now, LONDON)


@pytest.fixture
def book():
    """Any number a day: the rows are of the past, and hold no time."""
    person = make_client(counsellor=make_counsellor(display_name="Maya"))
    service = make_service(counsellor=person.counsellor)

    def book(status, starts_at, **fields):
        return make_consultation(
            client=person, service=service, status=status, starts_at=starts_at, **fields
        )

    book.counsellor = person.counsellor
    return book


def test_it_counts_what_became_of_them_beside_the_span_before(book):
    inside, before = datetime(2030, 1, 15, 10, tzinfo=UTC), datetime(2029, 12, 20, 10, tzinfo=UTC)
    for status, times in {
        "completed": 3,
        "no_show": 1,
        "cancelled_by_client": 2,
        "cancelled_late": 2,
        "cancelled_by_counsellor": 1,
        "declined": 1,
        "confirmed": 1,
    }.items():
        for _time in range(times):
            book(status, inside)
    book("completed", before)
    book("completed", before - timedelta(days=30))
    assert texts(figures(SPAN, book.counsellor).total) == {
        "Held": ["3", "1"],
        "Not attended": ["1", "0"],
        "Cancelled in time": ["2", "0"],
        "Cancelled late": ["2", "0"],
        "Cancelled by the counsellor": ["1", "0"],
        "Declined": ["1", "0"],
        "Over, not noted yet": ["1", "0"],
        "Not attended, of those that were to be held": ["25% (1 of 4)", "0% (0 of 1)"],
        "Notice kept, of what clients cancelled": ["50% (2 of 4)", "–"],
    }


def test_what_is_still_to_come_is_not_counted(book):
    book("confirmed", NOW + timedelta(hours=1))
    book("confirmed", NOW - timedelta(minutes=10))
    assert figures(SPAN, book.counsellor).is_empty


def test_it_tells_counsellors_apart_and_sums_them_up(book):
    tom = make_client(counsellor=make_counsellor(display_name="Tom"))
    book("completed", datetime(2030, 1, 15, 10, tzinfo=UTC))
    make_consultation(client=tom, status="no_show", starts_at=datetime(2030, 1, 16, 10, tzinfo=UTC))
    rows = texts(figures(SPAN, book.counsellor, tom.counsellor, make_counsellor()).counsellors)
    assert list(rows) == ["Maya", "Tom", "All"]
    assert [row[:2] for row in rows.values()] == [["1", "0"], ["0", "1"], ["1", "1"]]


def test_it_tells_weeks_apart_the_cut_ones_too(book):
    book("completed", datetime(2030, 1, 9, 10, tzinfo=UTC))
    book("no_show", datetime(2030, 2, 4, 10, tzinfo=UTC))
    found = figures(SPAN, book.counsellor)
    rows = texts(found.weeks)
    assert list(rows) == [
        "9–13 Jan 2030",
        "14–20 Jan 2030",
        "21–27 Jan 2030",
        "28 Jan–3 Feb 2030",
        "4–5 Feb 2030",
    ]
    assert [row[:2] for row in rows.values()] == [
        ["1", "0"],
        ["0", "0"],
        ["0", "0"],
        ["0", "0"],
        ["0", "1"],
    ]
    assert [(bar.held_height > 0, bar.missed_height > 0) for bar in found.bars.bars] == [
        (True, False),
        (False, False),
        (False, False),
        (False, False),
        (False, True),
    ]


@pytest.mark.parametrize("sunday", [date(2030, 3, 31), date(2030, 10, 27)])
def test_a_week_in_which_the_clock_moves_ends_at_midnight_on_the_wall(book, sunday):
    monday = sunday + timedelta(days=1)
    for day, hour, minute in ((sunday, 23, 30), (monday, 0, 30)):
        wall = datetime(day.year, day.month, day.day, hour, minute, tzinfo=LONDON)
        book("completed", wall.astimezone(UTC))
    now = datetime(2030, 12, 1, tzinfo=UTC)
    weeks = Span(sunday - timedelta(days=6), sunday + timedelta(days=7))
    rows = texts(figures(weeks, book.counsellor, now=now).weeks)
    assert [row[0] for row in rows.values()] == ["1", "1"]
    only = texts(figures(Span(sunday, sunday), book.counsellor, now=now).total)
    assert only["Held"] == ["1", "0"]
