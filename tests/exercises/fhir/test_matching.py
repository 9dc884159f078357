from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from exercises.fhir.matching import doubts, mismatches, scored_items
from exercises.fhir.wording import AnswerWording, ItemWording, Wording


@dataclass(frozen=True)
class Three:
    name: str = "Three-3"
    items: int = 3
    values: tuple[int, ...] = (0, 1, 2, 3)
    loinc: str = "99999-9"
    item_loinc: tuple[str, ...] = ("1000-1", "2000-2", "3000-3")
    ignored_loinc: tuple[str, ...] = ("8000-8",)


FACTS = Three()


def make_answers(*points):
    return tuple(AnswerWording(count, f"Answer {count} wording") for count in points)


def make_item(number, **kw):
    values = {
        "link_id": str(number),
        "position": number,
        "prefix": "",
        "loinc": f"{number}000-{number}",
        "intro": "",
        "text": f"Item {number} wording",
        "answers": make_answers(0, 1, 2, 3),
        **kw,
    }
    return ItemWording(**values)


def make_wording(*items, **kw):
    values = {
        "title": "Three items",
        "copyright": "",
        "publisher": "",
        "url": "",
        "version": "",
        "language": "",
        "loinc": ("99999-9",),
        "stem": "",
        "items": items or (make_item(1), make_item(2), make_item(3)),
        **kw,
    }
    return Wording(**values)


def with_answers(*points):
    return make_wording(make_item(1), make_item(2), make_item(3, answers=make_answers(*points)))


def test_the_right_wording_raises_nothing():
    assert mismatches(make_wording(), FACTS) == []
    assert doubts(make_wording(), FACTS) == []


def test_the_order_of_answers_is_the_authors_business():
    assert mismatches(with_answers(3, 2, 1, 0), FACTS) == []


def test_a_further_code_of_the_whole_is_no_contradiction():
    assert mismatches(make_wording(loinc=("11111-1", "99999-9")), FACTS) == []


def test_items_that_are_not_scored_are_dropped_before_counting():
    extra = make_item(9, loinc="8000-8", answers=())
    wording = make_wording(make_item(1), extra, make_item(2), make_item(3))
    assert mismatches(wording, FACTS) == []
    assert [item.link_id for item in scored_items(wording, FACTS)] == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("wording", "problem"),
    [
        (
            make_wording(loinc=("11111-1", "22222-2")),
            "the questionnaire's LOINC code is 11111-1, 22222-2, 99999-9 is expected",
        ),
        (make_wording(make_item(1), make_item(2)), "2 items are there, 3 are expected"),
        (
            make_wording(make_item(1), make_item(2), make_item(3, loinc="4000-4")),
            "item 3: its LOINC code is 4000-4, 3000-3 is expected",
        ),
        (with_answers(0, 1, 2), "item 3: answers 0, 1, 2 are there, 0 to 3 are expected"),
        (with_answers(1, 2, 3, 4), "item 3: answers 1, 2, 3, 4 are there, 0 to 3 are expected"),
        (
            with_answers(0, 1, 2, 3, 3),
            "item 3: answers 0, 1, 2, 3, 3 are there, 0 to 3 are expected",
        ),
        (with_answers(), "item 3: there are no answers, 0 to 3 are expected"),
        (
            with_answers(0, 1, 2, None),
            "item 3: not every answer has points, 0 to 3 are expected",
        ),
    ],
)
def test_each_contradiction_has_a_line(wording, problem):
    assert mismatches(wording, FACTS) == [problem]


def test_items_in_another_order_are_told_one_by_one():
    assert mismatches(make_wording(make_item(2), make_item(1), make_item(3)), FACTS) == [
        "item 1: its LOINC code is 2000-2, 1000-1 is expected",
        "item 2: its LOINC code is 1000-1, 2000-2 is expected",
    ]


def test_values_with_gaps_are_listed():
    facts = replace(FACTS, values=(0, 2, 4))
    assert mismatches(make_wording(), facts)[0] == (
        "item 1: answers 0, 1, 2, 3 are there, 0, 2, 4 are expected"
    )


def test_points_that_are_turned_already_are_told():
    turned = tuple(
        AnswerWording(3 - answer.points, answer.label) for answer in make_answers(0, 1, 2, 3)
    )
    wording = make_wording(make_item(1), make_item(2, answers=turned), make_item(3))
    assert mismatches(wording, FACTS) == [
        "item 2: 'Answer 0 wording' counts 3 here and 0 in item 1; it has to count the same, "
        "reverse items are turned when scored"
    ]


def bare(number):
    return make_item(number, loinc="")


def test_a_missing_code_is_a_doubt_and_no_mismatch():
    wording = make_wording(bare(1), bare(2), bare(3), loinc=())
    assert mismatches(wording, FACTS) == []
    assert doubts(wording, FACTS) == [
        "the questionnaire carries no LOINC code; its title is 'Three items'; "
        "make sure that these are the words of Three-3"
    ]


def test_codes_of_all_items_leave_no_doubt():
    assert doubts(make_wording(loinc=()), FACTS) == []


def test_an_instrument_without_codes_is_always_looked_at_by_a_person():
    facts = replace(FACTS, loinc="", item_loinc=())
    wording = make_wording()
    assert mismatches(wording, facts) == []
    (doubt,) = doubts(wording, facts)
    assert doubt.startswith("there is no LOINC code to know Three-3 by; ")
    assert len(doubts(make_wording(loinc=()), facts)) == 1
