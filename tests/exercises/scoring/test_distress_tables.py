"""CORE-10, DASS-21, K10 and PCL-5 against tables reckoned by hand."""

from __future__ import annotations

import pytest

from tests.exercises.scoring.answering import by_scale, scored, total

# Items 2 and 3 are turned round: an answer of a counts 4 - a. With the lowest distress they
# are answered 4, with the highest 0. Bands 0-5, 6-10, 11-14, 15-19, 20-24, 25-40.
CORE_10 = [
    ((0, 4, 4, 0, 0, 0, 0, 0, 0, 0), 0, "few signs"),
    ((1, 4, 4, 1, 1, 0, 1, 1, 0, 0), 5, "few signs"),
    ((1, 3, 4, 1, 1, 0, 1, 1, 0, 0), 6, "low"),  # item 2 at 3 counts 1
    ((1, 3, 3, 1, 1, 0, 1, 1, 2, 1), 10, "low"),  # 8 and two turned ones of 1
    ((1, 2, 3, 1, 1, 0, 1, 1, 2, 1), 11, "mild"),  # 8 + 2 + 1
    ((2, 2, 2, 2, 2, 0, 2, 2, 0, 0), 14, "mild"),  # 10 + 2 + 2
    ((2, 2, 2, 2, 2, 0, 2, 2, 1, 0), 15, "moderate"),
    ((2, 1, 2, 2, 2, 0, 2, 2, 2, 2), 19, "moderate"),  # 14 + 3 + 2
    ((2, 1, 1, 2, 2, 0, 2, 2, 2, 2), 20, "moderately severe"),  # 14 + 3 + 3
    ((3, 1, 1, 3, 3, 0, 3, 2, 2, 2), 24, "moderately severe"),  # 18 + 3 + 3
    ((3, 1, 1, 3, 3, 0, 3, 3, 2, 2), 25, "severe"),  # 19 + 3 + 3
    ((4, 0, 0, 4, 4, 4, 4, 4, 4, 4), 40, "severe"),
]


@pytest.mark.parametrize(("given", "value", "band"), CORE_10)
def test_it_scores_the_core_10(given, value, band):
    found = total("core-10", *given)
    assert (found.value, found.band) == (value, band)
    assert (found.minimum, found.maximum) == (0, 40)
    assert [cutoff.at for cutoff in found.reached] == ([11] if value >= 11 else [])


def test_it_turns_items_2_and_3_of_the_core_10_and_no_other():
    assert total("core-10", 4, 4, 4, 4, 4, 4, 4, 4, 4, 4).value == 32  # eight of 4, two of 0
    assert total("core-10", 0, 0, 0, 0, 0, 0, 0, 0, 0, 0).value == 8  # two of 4


# CORE System Trust: ten times the mean of what was answered, with at most one missing.
@pytest.mark.parametrize(
    ("given", "value"),
    [
        ((2, 2, 2, 2, 2, 0, 2, 2, 2, None), 18),  # 16 / 9 x 10 = 17.8
        ((2, None, 2, 2, 2, 0, 2, 2, 2, 2), 18),  # the same with a turned item missing
        ((1, 4, 4, 1, 1, 0, 1, 1, 0, None), 6),  # 5 / 9 x 10 = 5.6
    ],
)
def test_it_prorates_a_core_10_with_one_answer_missing(given, value):
    found = total("core-10", *given)
    assert (found.value, found.prorated) == (value, True)


def test_it_gives_no_core_10_score_with_two_answers_missing():
    found = scored("core-10", 2, 2, 2, 2, 2, 0, 2, 2, None, None)
    assert found.scales == ()
    assert found.refused == "Clinical score: no score. Answers missing: 2; allowed: 1."


@pytest.mark.parametrize(("answer", "risk"), [(0, ()), (1, (6,)), (2, (6,)), (3, (6,)), (4, (6,))])
def test_it_notices_the_risk_item_of_the_core_10(answer, risk):
    assert scored("core-10", 0, 4, 4, 0, 0, answer, 0, 0, 0, 0).risk == risk


# DASS-21: D is 3 5 10 13 16 17 21, A is 2 4 7 9 15 19 20, S is 1 6 8 11 12 14 18; sums x 2.
def dass(d, a, s):
    """Answers whose items add up to d, a and s, as many threes as there can be."""
    given = {}
    for left, items in (
        (d, (3, 5, 10, 13, 16, 17, 21)),
        (a, (2, 4, 7, 9, 15, 19, 20)),
        (s, (1, 6, 8, 11, 12, 14, 18)),
    ):
        for item in items:
            given[item] = min(left, 3)
            left -= given[item]
    return [given[item] for item in range(1, 22)]


# Raw: D 0-4/5-6/7-10/11-13/14+, A 0-3/4-5/6-7/8-9/10+, S 0-7/8-9/10-12/13-16/17+ (PMC10560014).
@pytest.mark.parametrize(
    ("raw", "values", "bands"),
    [
        ((0, 0, 0), (0, 0, 0), ("usual range", "usual range", "usual range")),
        ((4, 3, 7), (8, 6, 14), ("usual range", "usual range", "usual range")),
        ((5, 4, 8), (10, 8, 16), ("mild", "mild", "mild")),
        ((6, 5, 9), (12, 10, 18), ("mild", "moderate", "mild")),
        ((7, 6, 10), (14, 12, 20), ("moderate", "moderate", "moderate")),
        ((10, 7, 12), (20, 14, 24), ("moderate", "moderate", "moderate")),
        ((11, 8, 13), (22, 16, 26), ("severe", "severe", "severe")),
        ((13, 9, 16), (26, 18, 32), ("severe", "severe", "severe")),
        ((14, 10, 17), (28, 20, 34), ("extremely severe",) * 3),
        ((21, 21, 21), (42, 42, 42), ("extremely severe",) * 3),
    ],
)
def test_it_scores_the_three_scales_of_the_dass_21(raw, values, bands):
    found = by_scale(scored("dass-21", *dass(*raw)))
    assert list(found) == ["depression", "anxiety", "stress"]
    assert tuple(scale.value for scale in found.values()) == values
    assert tuple(scale.band for scale in found.values()) == bands


def test_it_puts_each_item_of_the_dass_21_on_its_own_scale():
    scales = "SADADSASADSSDSADDSAAD"
    names = {"D": "depression", "A": "anxiety", "S": "stress"}
    for position, letter in enumerate(scales):
        given = [0] * 21
        given[position] = 3
        found = by_scale(scored("dass-21", *given))
        assert {key for key, scale in found.items() if scale.value == 6} == {names[letter]}
        assert sum(scale.value for scale in found.values()) == 6


def test_a_missing_answer_takes_the_score_from_its_own_dass_scale_only():
    found = scored("dass-21", *dass(4, 3, 7)[:20], None)
    assert list(by_scale(found)) == ["anxiety", "stress"]
    assert found.refused == "Low mood (D): no score. Answers missing: 1; allowed: 0."
    assert found.missing == 1


# ABS 10-15/16-21/22-29/30-50; CRUfAD 10-19/20-24/25-29/30-50. In the USA ten less.
K10 = [
    ((1,) * 10, 10, "low", "low"),
    ((2, 2, 2, 2, 2, 1, 1, 1, 1, 1), 15, "low", "low"),
    ((2, 2, 2, 2, 2, 2, 1, 1, 1, 1), 16, "moderate", "low"),
    ((2, 2, 2, 2, 2, 2, 2, 2, 2, 1), 19, "moderate", "low"),
    ((2,) * 10, 20, "moderate", "mild"),
    ((3, 2, 2, 2, 2, 2, 2, 2, 2, 2), 21, "moderate", "mild"),
    ((3, 3, 2, 2, 2, 2, 2, 2, 2, 2), 22, "high", "mild"),
    ((3, 3, 3, 3, 2, 2, 2, 2, 2, 2), 24, "high", "mild"),
    ((3, 3, 3, 3, 3, 2, 2, 2, 2, 2), 25, "high", "moderate"),
    ((3, 3, 3, 3, 3, 3, 3, 3, 3, 2), 29, "high", "moderate"),
    ((3,) * 10, 30, "very high", "severe"),
    ((5,) * 10, 50, "very high", "severe"),
]


@pytest.mark.parametrize(("given", "value", "abs_band", "primary_care"), K10)
def test_it_scores_the_k10_and_names_both_sets_of_bands(given, value, abs_band, primary_care):
    found = total("k10", *given)
    assert (found.value, found.minimum, found.maximum) == (value, 10, 50)
    assert [(place.band_set, place.label) for place in found.bands] == [
        ("Australian Bureau of Statistics", abs_band),
        ("Primary care (CRUfAD)", primary_care),
    ]
    assert found.band is None


@pytest.mark.parametrize(("given", "value", "abs_band", "primary_care"), K10)
def test_the_american_k10_is_ten_less_in_the_same_bands(given, value, abs_band, primary_care):
    found = total("k10-us", *(answer - 1 for answer in given))
    assert (found.value, found.minimum, found.maximum) == (value - 10, 0, 40)
    assert [place.label for place in found.bands] == [abs_band, primary_care]


def test_a_k10_with_an_answer_missing_has_no_score():
    assert scored("k10", *[1] * 9).scales == scored("k10-us", *[0] * 9).scales == ()


# PCL-5: B 1-5, C 6-7, D 8-14, E 15-20.
def test_it_scores_the_pcl_5_and_its_clusters_without_bands():
    lowest, highest = scored("pcl-5", *[0] * 20), scored("pcl-5", *[4] * 20)
    assert [scale.value for scale in lowest.scales] == [0, 0, 0, 0, 0]
    assert [scale.value for scale in highest.scales] == [80, 20, 8, 28, 24]
    assert all(scale.band is None and scale.bands == () for scale in highest.scales)
    assert [scale.maximum for scale in highest.scales] == [80, 20, 8, 28, 24]


@pytest.mark.parametrize(
    ("given", "value", "lines"),
    [
        ((2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 0, 0, 0, 0, 0), 30, []),
        ((3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 0, 0, 0, 0, 0), 31, [31]),
        ((3, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 0, 0, 0, 0, 0), 32, [31]),
        ((3, 3, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 0, 0, 0, 0, 0), 33, [31, 33]),
        ((3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 2, 0, 0, 0, 0, 0), 44, [31, 33]),
        ((3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 0, 0, 0, 0, 0), 45, [31, 33, 45]),
    ],
)
def test_it_tells_the_lines_of_the_pcl_5(given, value, lines):
    found = total("pcl-5", *given)
    assert found.value == value
    assert [cutoff.at for cutoff in found.reached] == lines


# One B, one C, two D and two E, each answered 2 or more.
PATTERN = [2, 0, 0, 0, 0] + [2, 0] + [2, 2, 0, 0, 0, 0, 0] + [2, 2, 0, 0, 0, 0]


def pattern(**changed):
    given = list(PATTERN)
    for item, answer in changed.items():
        given[int(item.removeprefix("item")) - 1] = answer
    (rule,) = scored("pcl-5", *given).rules
    return rule


def test_the_pattern_of_the_pcl_5_needs_all_four_clusters():
    assert pattern().met is True
    assert [(c.count, c.needed) for c in pattern().clusters] == [(1, 1), (1, 1), (2, 2), (2, 2)]
    for item in ("item1", "item6", "item8", "item15"):
        assert pattern(**{item: 1}).met is False
        assert pattern(**{item: 4}).met is True


def test_a_missing_answer_leaves_the_pattern_open_only_where_it_could_decide():
    assert pattern(item1=None).met is None
    assert pattern(item2=None).met is True
    assert pattern(item1=None, item6=0, item7=0).met is False
