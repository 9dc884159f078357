from __future__ import annotations

from dataclasses import replace

import pytest

from exercises.scoring.catalogue import instrument
from exercises.scoring.changes import Course, changes
from exercises.scoring.rules import score
from tests.exercises.scoring.answering import answers, scored


def change(key, first, last):
    (found,) = changes(instrument(key), scored(key, *first), scored(key, *last))
    return found


@pytest.mark.parametrize(
    ("key", "first", "last", "difference", "course", "reliable"),
    [
        # PHQ-9: 6 or more (IAPT).
        ("phq-9", [2] * 9, [2] * 4 + [1] * 5, -5, Course.BETTER, False),
        ("phq-9", [2] * 9, [2] * 3 + [1] * 6, -6, Course.BETTER, True),
        ("phq-9", [0] * 9, [1] * 6 + [0] * 3, 6, Course.WORSE, True),
        ("phq-9", [1] * 9, [1] * 9, 0, Course.SAME, False),
        # GAD-7: 4 or more (IAPT).
        ("gad-7", [1] * 7, [1] * 4 + [0] * 3, -3, Course.BETTER, False),
        ("gad-7", [1] * 7, [1] * 3 + [0] * 4, -4, Course.BETTER, True),
        # WHO-5: 10 or more of 100, and higher is better.
        ("who-5", [1] * 5, [2, 2, 1, 1, 1], 8, Course.BETTER, False),
        ("who-5", [1] * 5, [2, 2, 2, 1, 1], 12, Course.BETTER, True),
        ("who-5", [2] * 5, [1] * 5, -20, Course.WORSE, True),
        # CORE-10: 6 or more.
        ("core-10", [2] * 10, [1, 2, 2, 1, 1, 1, 1, 2, 2, 2], -5, Course.BETTER, False),
        ("core-10", [2] * 10, [1, 2, 2, 1, 1, 1, 1, 1, 2, 2], -6, Course.BETTER, True),
        # K10: nobody agreed on an amount.
        ("k10", [1] * 10, [5] * 10, 40, Course.WORSE, None),
    ],
)
def test_it_tells_how_a_score_changed(key, first, last, difference, course, reliable):
    found = change(key, first, last)
    assert (found.difference, found.course, found.reliable) == (difference, course, reliable)
    assert found.source


def test_each_scale_has_its_own_change():
    first, last = scored("pcl-5", *[2] * 20), scored("pcl-5", *[0] * 5, *[2] * 15)
    found = {c.key: (c.difference, c.reliable) for c in changes(instrument("pcl-5"), first, last)}
    assert found == {
        "total": (-10, True),
        "cluster-b": (-10, None),
        "cluster-c": (0, None),
        "cluster-d": (0, None),
        "cluster-e": (0, None),
    }


def test_our_check_in_knows_the_course_of_each_item_and_claims_nothing():
    key = "closeness-this-week"
    found = changes(instrument(key), scored(key, 2, 2, 2, 2, 2), scored(key, 5, 5, 1, 2, None))
    assert [(c.key, c.course, c.reliable) for c in found] == [
        ("close", Course.BETTER, None),
        ("drawn-away", Course.WORSE, None),
        ("seen", Course.WORSE, None),
        ("safe", Course.SAME, None),
    ]


def test_a_scale_without_a_score_has_no_change():
    phq_9 = instrument("phq-9")
    assert changes(phq_9, score(phq_9, {}), score(phq_9, answers(*[1] * 9))) == ()


def test_scores_made_by_other_facts_are_not_compared():
    phq_9, found = instrument("phq-9"), scored("phq-9", *[1] * 9)
    with pytest.raises(ValueError, match="other facts"):
        changes(instrument("gad-7"), found, found)
    with pytest.raises(ValueError, match="other facts"):
        changes(replace(phq_9, version=phq_9.version + 1), found, found)
