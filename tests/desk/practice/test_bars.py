from __future__ import annotations

from counsel.desk.practice.bars import BOTTOM, LEFT, RIGHT, TOP, bars_of


def test_the_highest_week_takes_the_full_height_and_the_rest_their_part():
    found = bars_of([(3, 1), (2, 0)])
    first, second = found.bars
    assert found.most == 4
    assert first.missed_y == TOP
    assert first.held_height + first.missed_height == BOTTOM - TOP
    assert second.held_height == (BOTTOM - TOP) / 2
    assert second.held_y + second.held_height == BOTTOM


def test_many_weeks_stay_on_the_paper_and_apart():
    bars = bars_of([(1, 0)] * 105).bars
    assert bars[0].x >= LEFT
    assert bars[-1].x + bars[-1].width <= RIGHT
    assert all(a.x + a.width < b.x for a, b in zip(bars, bars[1:], strict=False))


def test_weeks_without_any_draw_nothing():
    assert {bar.held_height for bar in bars_of([(0, 0), (0, 0)]).bars} == {0}
    assert bars_of([]).bars == ()
