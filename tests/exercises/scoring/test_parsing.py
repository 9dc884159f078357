from __future__ import annotations

import pytest

from exercises.schema import SchemaError
from exercises.scoring.loinc import is_loinc
from exercises.scoring.parsing import parse_instrument


def make_data(**changed):
    """The least an instrument can be; a name given as None is left out."""
    scale = {"key": "total", "label": "Total", "source": "Ours.", "change_source": "None known."}
    data = {
        "key": "made-up",
        "name": "Made up",
        "version": 1,
        "measures": "Nothing.",
        "items": 4,
        "lowest": 0,
        "highest": 3,
        "direction": "higher_is_worse",
        "method": "sum",
        "scoring_source": "Ours.",
        "max_missing": 0,
        "missing_source": "Ours.",
        "licence": "None.",
        "licence_source": "Ours.",
        "copyright": "Ours.",
        "wording": "Nowhere.",
        "scales": [scale],
    } | changed
    return {name: value for name, value in data.items() if value is not None}


def make_instrument(**changed):
    return parse_instrument(make_data(**changed))


def make_scale(**changed):
    (scale,) = make_data()["scales"]
    return {name: value for name, value in (scale | changed).items() if value is not None}


def make_bands(*ranges):
    bands = [{"low": low, "high": high, "label": f"from {low}"} for low, high in ranges]
    return [{"key": "ours", "label": "Ours", "source": "Ours.", "bands": bands}]


def make_rule(**changed):
    cluster = {"key": "b", "label": "B", "items": [1, 2], "needed": 1}
    rule = {"key": "all", "label": "All", "at_least": 2, "source": "Ours.", "clusters": [cluster]}
    return rule | changed


def problems(**changed):
    with pytest.raises(SchemaError) as refusal:
        make_instrument(**changed)
    return refusal.value.problems


def test_it_reads_the_least_an_instrument_can_be():
    made = make_instrument()
    assert made.values == (0, 1, 2, 3)
    assert made.scale("total").items == (1, 2, 3, 4)
    assert (made.multiplier, made.validated, made.redistributable) == (1, False, False)
    with pytest.raises(KeyError):
        made.scale("other")


@pytest.mark.parametrize(
    "name",
    ["scoring_source", "missing_source", "licence_source", "licence", "copyright", "wording"],
)
def test_a_fact_without_its_source_is_told(name):
    assert problems(**{name: None}) == [f"'{name}' is missing"]
    assert problems(**{name: " "}) == [f"'{name}' is empty"]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"scales": [make_scale(source=None)]}, "scale 'total': 'source' is missing"),
        ({"scales": [make_scale(change_source=None)]}, "scale 'total': 'change_source' is missing"),
        (
            {"scales": [make_scale(cutoffs=[{"at": 2, "label": "x"}])]},
            "scale 'total', cut-off 1: 'source' is missing",
        ),
        ({"risk": [{"item": 1, "above": 0}]}, "risk 1: 'source' is missing"),
        ({"rules": [make_rule(source="")]}, "rule 'all': 'source' is empty"),
        ({"reverse": [2]}, "'reverse' needs 'reverse_source'"),
        ({"loinc": "44249-1"}, "LOINC codes need 'loinc_source'"),
        ({"reverse": [5]}, "'reverse' should be a list of whole numbers from 1 to 4"),
        ({"reverse": [True]}, "'reverse' should be a list of whole numbers from 1 to 4"),
        ({"reverse": ["1"]}, "'reverse' should be a list of whole numbers from 1 to 4"),
        ({"reverse": 1}, "'reverse' should be a list"),
        ({"lowest": 3}, "'lowest' must be below 'highest'"),
        ({"items": 0}, "'items' should be a whole number from 1 to 100"),
        ({"method": "median"}, "'method' should be one of: sum, mean"),
        ({"scales": []}, "an instrument needs at least one scale"),
        (
            {"max_missing": 4},
            "'max_missing' must be below the number of items of every scale",
        ),
        ({"scales": [make_scale(), make_scale()]}, "two scales have the key 'total'"),
        ({"question": "?"}, "'question' is not a known name"),
        ({"scales": [make_scale(items=[1, 1])]}, "scale 'total': 'items' has a number twice"),
        (
            {"scales": [make_scale(cutoffs=[{"at": 13, "label": "x", "source": "y"}])]},
            "scale 'total': a cut-off lies outside the scale",
        ),
        (
            {"risk": [{"item": 1, "above": 3, "source": "x"}]},
            "risk 1: 'above' should be a whole number from 0 to 2",
        ),
        ({"rules": [make_rule(clusters=[])]}, "rule 'all': needs 'clusters' of items"),
        (
            {"rules": [make_rule(clusters=[{"key": "b", "label": "B", "needed": 1}])]},
            "rule 'all', cluster 'b': needs 'items'",
        ),
        (
            {
                "rules": [
                    make_rule(clusters=[{"key": "b", "label": "B", "items": [1], "needed": 2}])
                ]
            },
            "rule 'all', cluster 'b': 'needed' should be a whole number from 1 to 1",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_place(changed, told):
    assert problems(**changed) == [told]


def test_everything_is_told_at_once():
    told = problems(version=0, wording=None, scales=[make_scale(label="", colour="red")])
    assert told == [
        "'version' should be a whole number from 1 to 10000",
        "scale 'total': 'label' is empty",
        "scale 'total': 'colour' is not a known name",
        "'wording' is missing",
    ]


@pytest.mark.parametrize(
    ("ranges", "told"),
    [
        ([(0, 4), (6, 12)], "the band 'from 6' should begin at 5 and not end before it"),
        ([(0, 5), (5, 12)], "the band 'from 5' should begin at 6 and not end before it"),
        ([(1, 12)], "the band 'from 1' should begin at 0 and not end before it"),
        ([(0, 4), (5, 3)], "the band 'from 5' should begin at 5 and not end before it"),
        ([(0, 11)], "the bands should end at 12"),
        ([(0, 13)], "the bands should end at 12"),
        ([], "the bands should end at 12"),
    ],
)
def test_bands_cover_the_scale_without_gap_or_overlap(ranges, told):
    scale = make_scale(band_sets=make_bands(*ranges))
    assert problems(scales=[scale]) == [f"scale 'total', band set 'ours': {told}"]


def test_bands_are_of_the_reported_scale():
    scale = make_scale(items=[1, 2], band_sets=make_bands((0, 23), (24, 24)))
    found = make_instrument(multiplier=4, scales=[scale]).scale("total")
    assert (found.minimum, found.maximum) == (0, 24)


def test_a_mean_takes_no_bands():
    scale = make_scale(band_sets=make_bands((0, 3)))
    told = problems(method="mean", scales=[scale])
    assert told == ["scale 'total': bands need whole scores, and a mean is none"]


def test_loinc_codes_are_checked():
    told = problems(
        loinc="44249-2",
        item_loinc=["44250-9", "44255-8"],
        ignored_loinc=["44250-9"],
        loinc_source="Ours.",
    )
    assert told == [
        "'item_loinc' should name one code for each item",
        "a LOINC code is there twice",
        "'44249-2' is not a LOINC code",
    ]
    assert problems(item_loinc=[1]) == ["'item_loinc' should be a list of texts"]


@pytest.mark.parametrize("code", ["44249-1", "69737-5", "101697-1", "70274-6"])
def test_a_loinc_code_carries_a_check_digit(code):
    assert is_loinc(code)
    assert not is_loinc(code[:-1] + str((int(code[-1]) + 1) % 10))
    assert not is_loinc(f" {code}")


@pytest.mark.parametrize("data", [None, [], "phq-9", 1])
def test_what_is_no_table_is_told(data):
    with pytest.raises(SchemaError, match="should be a table"):
        parse_instrument(data)
