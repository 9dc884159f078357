from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counsel.desk.chart import BOTTOM, LEFT, RIGHT, TOP, chart_of
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
    assert chart_of([(DAY, 0)], 0, 10).points == "334.0,204.0"
