"""PHQ-9, GAD-7 and WHO-5 against tables reckoned by hand."""

from __future__ import annotations

import pytest

from exercises.scoring.catalogue import instrument
from tests.exercises.scoring.answering import answers, scored, total

# Kroenke, Spitzer, Williams 2001: 0-4, 5-9, 10-14, 15-19, 20-27.
PHQ_9 = [
    ((0, 0, 0, 0, 0, 0, 0, 0, 0), 0, "few signs"),
    ((1, 1, 1, 1, 0, 0, 0, 0, 0), 4, "few signs"),
    ((1, 1, 1, 1, 1, 0, 0, 0, 0), 5, "mild"),
    ((1, 1, 1, 1, 1, 1, 1, 1, 1), 9, "mild"),
    ((2, 1, 1, 1, 1, 1, 1, 1, 1), 10, "moderate"),
    ((3, 3, 3, 3, 2, 0, 0, 0, 0), 14, "moderate"),
    ((3, 3, 3, 3, 3, 0, 0, 0, 0), 15, "moderately severe"),
    ((3, 3, 3, 3, 3, 3, 1, 0, 0), 19, "moderately severe"),
    ((3, 3, 3, 3, 3, 3, 2, 0, 0), 20, "severe"),
    ((3, 3, 3, 3, 3, 3, 3, 3, 3), 27, "severe"),
]

# Spitzer et al. 2006: 0-4, 5-9, 10-14, 15-21.
GAD_7 = [
    ((0, 0, 0, 0, 0, 0, 0), 0, "few signs"),
    ((3, 1, 0, 0, 0, 0, 0), 4, "few signs"),
    ((3, 1, 1, 0, 0, 0, 0), 5, "mild"),
    ((3, 3, 3, 0, 0, 0, 0), 9, "mild"),
    ((3, 3, 3, 1, 0, 0, 0), 10, "moderate"),
    ((2, 2, 2, 2, 2, 2, 2), 14, "moderate"),
    ((3, 2, 2, 2, 2, 2, 2), 15, "severe"),
    ((3, 3, 3, 3, 3, 3, 3), 21, "severe"),
]

# Topp et al. 2015: the sum times four; lines at 28 and 50. 7 x 4 = 28, 8 x 4 = 32,
# 12 x 4 = 48, 13 x 4 = 52: no other multiple of four lies nearer to the lines.
WHO_5 = [
    ((0, 0, 0, 0, 0), 0, "very low well-being"),
    ((2, 2, 1, 1, 1), 28, "very low well-being"),
    ((2, 2, 2, 1, 1), 32, "low well-being"),
    ((3, 3, 2, 2, 2), 48, "low well-being"),
    ((3, 3, 3, 2, 2), 52, "no line reached"),
    ((5, 5, 5, 5, 5), 100, "no line reached"),
]


@pytest.mark.parametrize(("given", "value", "band"), PHQ_9)
def test_it_scores_the_phq_9(given, value, band):
    found = total("phq-9", *given)
    assert (found.value, found.band) == (value, band)
    assert (found.minimum, found.maximum, found.prorated) == (0, 27, False)


@pytest.mark.parametrize(("given", "value", "band"), GAD_7)
def test_it_scores_the_gad_7(given, value, band):
    found = total("gad-7", *given)
    assert (found.value, found.band) == (value, band)
    assert (found.minimum, found.maximum) == (0, 21)


@pytest.mark.parametrize(("given", "value", "band"), WHO_5)
def test_it_scores_the_who_5(given, value, band):
    found = total("who-5", *given)
    assert (found.value, found.band) == (value, band)
    assert (found.minimum, found.maximum) == (0, 100)


@pytest.mark.parametrize(
    ("key", "given", "lines"),
    [
        # IAPT: 10 or more on the PHQ-9, 8 or more on the GAD-7.
        ("phq-9", (3, 3, 3, 0, 0, 0, 0, 0, 0), []),
        ("phq-9", (3, 3, 3, 1, 0, 0, 0, 0, 0), [10]),
        ("gad-7", (3, 3, 1, 0, 0, 0, 0), []),
        ("gad-7", (3, 3, 2, 0, 0, 0, 0), [8]),
        # WHO-5: lower is worse, so a line is reached from above.
        ("who-5", (3, 3, 3, 2, 2), []),
        ("who-5", (3, 3, 2, 2, 2), [50]),
        ("who-5", (2, 2, 1, 1, 1), [50, 28]),
    ],
)
def test_it_tells_which_lines_a_score_reaches(key, given, lines):
    assert [cutoff.at for cutoff in total(key, *given).reached] == lines


# APA 2013: raw sum x 9 / answered, rounded to the nearest whole number; not with 3 missing.
@pytest.mark.parametrize(
    ("given", "value"),
    [
        ((2, 2, 2, 2, 2, 2, 2, 2, None), 18),  # 16 x 9 / 8
        ((3, 3, 3, 3, 2, 2, 2, 2, None), 23),  # 20 x 9 / 8 = 22.5, halves up
        ((1, 0, 0, 0, 0, 0, 0, 0, None), 1),  # 1 x 9 / 8 = 1.125
        ((None, 3, 3, 3, 0, 0, 0, 0, None), 12),  # 9 x 9 / 7 = 11.57
        ((None, 1, 1, 1, 0, 0, 0, 0, None), 4),  # 3 x 9 / 7 = 3.86
    ],
)
def test_it_prorates_a_phq_9_with_one_or_two_answers_missing(given, value):
    found = scored("phq-9", *given)
    (scale,) = found.scales
    assert (scale.value, scale.prorated, found.prorated) == (value, True, True)
    assert found.missing == given.count(None)
    assert found.refused == ""


def test_it_prorates_a_gad_7_with_one_answer_missing():
    found = total("gad-7", 2, 2, 2, 1, 1, 1, None)  # 9 x 7 / 6 = 10.5, halves up
    assert (found.value, found.band, found.prorated) == (11, "moderate", True)


@pytest.mark.parametrize(
    ("key", "given", "told"),
    [
        (
            "phq-9",
            (1, 1, 1, 1, 1, 1, None, None, None),
            "Total: no score. Answers missing: 3; allowed: 2.",
        ),
        (
            "gad-7",
            (1, 1, 1, 1, 1, None, None),
            "Total: no score. Answers missing: 2; allowed: 1.",
        ),
        ("who-5", (5, 5, 5, 5, None), "Well-being: no score. Answers missing: 1; allowed: 0."),
    ],
)
def test_it_gives_no_score_when_too_much_is_missing(key, given, told):
    found = scored(key, *given)
    assert (found.scales, found.refused, found.prorated) == ((), told, False)
    assert found.missing == given.count(None)


@pytest.mark.parametrize(("answer", "risk"), [(0, ()), (1, (9,)), (2, (9,)), (3, (9,))])
def test_it_notices_the_risk_item_of_the_phq_9_whatever_the_total(answer, risk):
    assert scored("phq-9", 0, 0, 0, 0, 0, 0, 0, 0, answer).risk == risk
    assert scored("phq-9", 3, 3, 3, 3, 3, 3, 3, 3, answer).risk == risk


def test_it_notices_the_risk_item_also_where_there_is_no_score():
    found = scored("phq-9", *[None] * 8, 1)
    assert (found.scales, found.risk, found.risk_unanswered) == ((), (9,), ())


def test_it_tells_that_the_risk_item_was_left_out():
    found = scored("phq-9", 0, 0, 0, 0, 0, 0, 0, 0, None)
    assert (found.risk, found.risk_unanswered) == ((), (9,))


def test_other_items_raise_no_risk():
    assert scored("phq-9", 3, 3, 3, 3, 3, 3, 3, 3, 0).risk == ()
    assert instrument("gad-7").risk_items == instrument("who-5").risk_items == ()
    assert len(answers(1, None, 2)) == 2
