from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

import exercises
from exercises.answers import clean_step
from exercises.schema import SchemaError
from exercises.scoring.catalogue import DATA, instrument, instruments, read_instrument
from exercises.scoring.rules import raw_answers, score
from exercises.steps import ExerciseKind, FieldKind, SharingDefault, parse_exercise
from tests.exercises.test_library_files import NEVER_SAID_TO_CLIENTS, words_for_the_client

MEASURE = Path(exercises.__file__).parent / "library" / "closeness-this-week.toml"
NAMES_AN_ILLNESS = re.compile(
    r"diagnos|disorder|depress|ptsd|disease|\bill\b|illness|patient|patholog|normal"
    r"|suffer|no risk|not at risk|safe to|healthy|sick",
    re.IGNORECASE,
)

# Items, lowest and highest answer, multiplier, turned items, most missing, LOINC panel.
FACTS = {
    "closeness-this-week": (5, 0, 10, 1, (), 0, ""),
    "core-10": (10, 0, 4, 1, (2, 3), 1, ""),
    "dass-21": (21, 0, 3, 2, (), 0, ""),
    "gad-7": (7, 0, 3, 1, (), 1, "69737-5"),
    "k10": (10, 1, 5, 1, (), 0, ""),
    "k10-us": (10, 0, 4, 1, (), 0, ""),
    "pcl-5": (20, 0, 4, 1, (), 0, "101697-1"),
    "phq-9": (9, 0, 3, 1, (), 2, "44249-1"),
    "who-5": (5, 0, 5, 4, (), 0, ""),
}


def labels(found):
    yield found.measures
    for scale in found.scales:
        yield scale.label
        yield from (cutoff.label for cutoff in scale.cutoffs)
        yield from (band_set.label for band_set in scale.band_sets)
        yield from (band.label for band_set in scale.band_sets for band in band_set.bands)
    for rule in found.rules:
        yield rule.label
        yield from (cluster.label for cluster in rule.clusters)


def test_there_is_a_file_for_each_instrument():
    assert sorted(instruments()) == sorted(FACTS)
    assert {key: instrument(key).key for key in instruments()} == {key: key for key in FACTS}
    with pytest.raises(KeyError):
        instrument("ors")


@pytest.mark.parametrize(("key", "facts"), FACTS.items())
def test_the_facts_are_those_of_the_sources(key, facts):
    found = instrument(key)
    assert facts == (
        found.items,
        found.values[0],
        found.values[-1],
        found.multiplier,
        found.reverse,
        found.missing.most,
        found.loinc,
    )


# loinc.org/69729-2 lists the items of both in the order of the forms.
def test_the_loinc_codes_stand_in_the_order_of_the_items():
    assert instrument("phq-9").item_loinc == (
        "44250-9", "44255-8", "44259-0", "44254-1", "44251-7",
        "44258-2", "44252-5", "44253-3", "44260-8",
    )  # fmt: skip
    assert instrument("gad-7").item_loinc == (
        "69725-0", "68509-9", "69733-4", "69734-2", "69735-9", "69689-8", "69736-7",
    )  # fmt: skip


def test_only_our_own_check_in_is_not_validated():
    assert [key for key in instruments() if not instrument(key).validated] == [
        "closeness-this-week"
    ]


@pytest.mark.parametrize("key", FACTS)
def test_no_label_names_an_illness_or_says_that_all_is_well(key):
    found = instrument(key)
    nothing_answered = score(found, {}).refused
    for text in [*labels(found), nothing_answered]:
        assert not NAMES_AN_ILLNESS.search(text), text


@pytest.mark.parametrize("key", FACTS)
def test_labels_are_short_so_that_no_wording_hides_in_them(key):
    raw = (DATA / f"{key}.toml").read_text("utf-8")
    assert not re.search(r"\b(I have|I felt|I was|bothered by|how often|myself)\b", raw)
    assert all(len(label) <= 90 for label in labels(instrument(key)))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"items = 0", "broken.toml: 'items' should be a whole number from 1 to 100"),
        (b"items = ", "broken.toml: "),
        (b"\xff", "broken.toml: "),
    ],
)
def test_a_broken_file_is_named(tmp_path, content, told):
    path = tmp_path / "broken.toml"
    path.write_bytes(content)
    with pytest.raises(SchemaError, match=f"^{re.escape(told)}"):
        read_instrument(path)


def test_a_file_is_called_like_its_key(tmp_path):
    path = tmp_path / "phq.toml"
    path.write_bytes((DATA / "phq-9.toml").read_bytes())
    with pytest.raises(SchemaError, match=r"^phq\.toml: 'key' should be the name of the file$"):
        read_instrument(path)


# --- the words of our own check-in


@pytest.fixture
def closeness():
    return parse_exercise(tomllib.loads(MEASURE.read_text("utf-8")))


def test_the_words_fit_the_facts(closeness):
    assert (closeness.slug, closeness.kind) == ("closeness-this-week", ExerciseKind.MEASURE)
    found = instrument(closeness.scoring)
    fields = [field for step in closeness.steps for field in step.fields]
    assert [field.key for field in fields] == [f"item{n}" for n in range(1, found.items + 1)]
    assert [step.key for step in closeness.steps] == [scale.key for scale in found.scales]
    assert {(f.kind, f.minimum, f.maximum, f.role, f.required) for f in fields} == {
        (FieldKind.SCALE, 0, 10, None, False)
    }
    assert all(field.low and field.high for field in fields)
    assert closeness.sharing_default is SharingDefault.SHARED


def test_what_was_tapped_becomes_a_score(closeness):
    kept = {}
    for step, tapped in zip(closeness.steps, ["7", "3", "", "10", "0"], strict=True):
        (field,) = step.fields
        kept |= clean_step(step, {field.key: [tapped]}).answers
    found = score(
        instrument("closeness-this-week"), raw_answers(instrument(closeness.scoring), kept)
    )
    assert {scale.key: scale.value for scale in found.scales} == {
        "close": 7,
        "drawn-away": 3,
        "safe": 10,
        "kind": 0,
    }
    assert found.refused.startswith("Let something be seen: no score.")


def test_it_says_that_it_is_no_tested_instrument(closeness):
    assert "not a tested instrument" in closeness.summary
    assert "ot a tested instrument" in closeness.copyright
    assert "Not a tested instrument" in instrument(closeness.scoring).copyright


def test_its_words_are_as_warm_as_the_librarys(closeness):
    for text in words_for_the_client(closeness):
        assert not NEVER_SAID_TO_CLIENTS.search(text), text
        assert len(text) <= 200
