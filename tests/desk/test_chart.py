from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counsel.desk.chart import (
    BOTTOM,
    LEFT,
    RIGHT,
    TOP,
    Span,
    chart_of,
    columns_of,
    events_of,
    ticks_of,
)
from exercises.course import Week
from exercises.scoring.facts import Band

DAY = date(2030, 1, 7)
BANDS = (Band(0, 4, "few"), Band(5, 14, "some"), Band(15, 27, "many"))


@given(
    st.lists(
        st.tuples(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(0, 27)), min_size=1
    )
)
def test_every_dot_lies_inside_in_the_order_of_days_and_values(values):
    values.sort(key=lambda pair: pair[0])
    dots = chart_of(values, 0, 27).dots
    assert all(LEFT <= dot.x <= RIGHT and TOP <= dot.y <= BOTTOM for dot in dots)
    assert [dot.x for dot in dots] == sorted(dot.x for dot in dots)
    by_height = sorted(dots, key=lambda dot: -dot.y)
    assert [dot.value for dot in by_height] == sorted(dot.value for dot in dots)


def test_a_lone_one_stands_in_the_middle():
    (dot,) = chart_of([(DAY, 27)], 0, 27).dots
    assert (dot.x, dot.y) == ((LEFT + RIGHT) / 2, TOP)


def test_several_on_one_day_stand_side_by_side():
    dots = chart_of([(DAY, 1), (DAY, 2)], 0, 27).dots
    assert dots[0].x < dots[1].x


def test_bands_cover_the_scale_without_a_gap():
    stripes = chart_of([(DAY, 1)], 0, 27, BANDS).stripes
    assert stripes[0].y + stripes[0].height == pytest.approx(BOTTOM)
    assert stripes[-1].y == TOP
    for lower, upper in zip(stripes, stripes[1:], strict=False):
        assert upper.y + upper.height == pytest.approx(lower.y, abs=0.11)
    assert [stripe.label for stripe in stripes] == ["few", "some", "many"]


def test_a_band_too_narrow_for_its_word_has_none():
    bands = (Band(0, 1, "few"), Band(2, 100, "many"))
    assert [s.label for s in chart_of([], 0, 100, bands).stripes] == ["", "many"]


def test_points_are_written_as_a_line_takes_them():
    assert chart_of([(DAY, 0)], 0, 10).points == "50.00,204.0"


# --- Over a span of days ----------------------------------------------------------------------

SPAN = Span(DAY, DAY + timedelta(days=83))
some_days = st.integers(0, 83).map(lambda n: DAY + timedelta(days=n))


@given(st.lists(some_days, max_size=30).map(sorted))
def test_events_keep_their_order_and_all_their_numbers(days):
    marks = events_of(enumerate(days, start=1), SPAN)
    assert all(LEFT <= mark.x <= RIGHT for mark in marks)
    assert [mark.x for mark in marks] == sorted(mark.x for mark in marks)
    ends = [tuple(map(int, mark.words.split("–"))) for mark in marks]
    told = [n for end in ends for n in range(end[0], end[-1] + 1)]
    assert told == list(range(1, len(days) + 1))


def test_events_close_together_share_a_mark():
    days = [(1, DAY), (2, DAY + timedelta(days=2)), (3, DAY + timedelta(days=40))]
    assert [mark.words for mark in events_of(days, SPAN)] == ["1–2", "3"]


def test_a_column_stands_on_its_week_as_high_as_its_days():
    weeks = [
        Week(DAY, DAY + timedelta(days=6), 7, 3),
        Week(DAY + timedelta(7), DAY + timedelta(8), 0, 0),
    ]
    (column,) = columns_of(weeks, SPAN)
    assert SPAN.place(DAY) < column.x < column.x + column.width < SPAN.place(weeks[1].first)
    assert (column.done_y, column.done_height) == (TOP, BOTTOM - TOP)
    assert column.planned_height == pytest.approx(3 / 7 * (BOTTOM - TOP), abs=0.1)
    assert column.is_whole


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(7, 4000))
def test_ticks_are_first_days_of_months_and_few(first, length):
    span = Span(first, first + timedelta(days=length))
    ticks = ticks_of(span)
    assert len(ticks) <= 6
    assert all(tick.day.day == 1 and span.first <= tick.day <= span.last for tick in ticks)


def test_lines_lie_where_a_change_from_the_first_is_more_than_chance():
    chart = chart_of([(DAY, 4)], 0, 27, span=SPAN, baseline=4, change=6)
    at_ten = chart_of([(DAY, 10)], 0, 27, span=SPAN).dots[0].y
    # Below nought there is no score, and no line.
    assert chart.lines == (at_ten,)
    assert chart_of([(DAY, 4)], 0, 27, span=SPAN, baseline=4).lines == ()
