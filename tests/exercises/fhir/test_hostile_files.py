"""Whatever a file holds, it is read or refused in sentences; nothing else ever happens."""

from __future__ import annotations

import json
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exercises.fhir.questionnaire import read_questionnaire
from exercises.schema import SchemaError
from tests.exercises.fhir.questionnaires import as_bytes, make_item, make_questionnaire


def problems_of(content):
    with pytest.raises(SchemaError) as refused:
        read_questionnaire(content)
    for problem in refused.value.problems:
        problem.encode()  # A page can show it.
        assert "\x00" not in problem
        assert len(problem) < 500
    return refused.value.problems


WHOLE = as_bytes(make_questionnaire())


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "the file is empty"),
        (b" \n", "the file is empty"),
        (b" " * (1024 * 1024 + 1), "the file is larger than 1024 KiB"),
        (WHOLE[:-20], "line 1, column "),
        (b'{\n  "title": }', "line 2, column 12: not JSON, or cut off here"),
        (WHOLE.decode().encode("utf-16"), "the file is not in UTF-8"),
        (WHOLE.decode().encode("utf-16-le"), "the file is not in UTF-8"),
        (WHOLE.decode().encode("utf-32"), "the file is not in UTF-8"),
        ('{"title": "Müde"}'.encode("latin-1"), "the file is not in UTF-8"),
        (b"\xff\xfe", "the file is not in UTF-8"),
        (b"<Questionnaire/>", "the file is XML or a web page"),
        (b"[]", "the file should hold one table of names and values"),
        (b'"Questionnaire"', "the file should hold one table of names and values"),
        (b"7", "the file should hold one table of names and values"),
        (b"null", "the file should hold one table of names and values"),
        (b'{"a": NaN}', "the file holds 'NaN', which is not a number"),
        (b'{"a": -Infinity}', "the file holds '-Infinity', which is not a number"),
        (b'{"a": ' + b"9" * 5_000 + b"}", "the file holds a number with too many digits"),
        (b"[" * 500_000, "the file is nested more than 40 levels deep"),
        (b'{"a":' * 41 + b"1" + b"}" * 41, "the file is nested more than 40 levels deep"),
        (b'{"a": [' + b"{}," * 20_000 + b"{}]}", "the file has more parts than"),
        (b"{}", "the file holds no FHIR Questionnaire but: None"),
        (b'{"resourceType": "Bundle"}', "the file holds no FHIR Questionnaire but: Bundle"),
        (b'{"resourceType": ["\\ud800\\u0000"]}', "the file holds no FHIR Questionnaire but: "),
        (b"\x00" * 100, "the file is not in UTF-8"),
        (b'{"title": "\x00"}', "line 1, column 12: not JSON"),
    ],
)
def test_it_refuses_what_is_not_a_questionnaire(content, problem):
    (told,) = problems_of(content)
    assert told.startswith(problem)


def test_it_reads_utf_8_with_a_mark_in_front():
    assert read_questionnaire(b"\xef\xbb\xbf" + WHOLE).title == "Three items"


def test_every_cut_is_told():
    for length in range(0, len(WHOLE), 37):
        assert problems_of(WHOLE[:length])


@pytest.mark.parametrize(
    "changed",
    [
        {"title": "\ud800"},
        {"url": "\udfff"},
        {"\ud800": 1},
        {"\x00": 1},
        {"x" * 100_000: 1},
        {"item": None},
        {"item": [[[]]]},
        {"item": ["{}"]},
        {"item": [None]},
        {"item": [make_item(1, item=[7])]},
        {"item": ['{"linkId": "a", "type": "choice", "text": "\\u0000"}']},
        {"item": ["[" * 100_000]},
        {"item": [make_item(1, linkId="\ud800")]},
        {"item": [make_item(1, linkId="a\x00")]},
        {"item": [make_item(1, prefix="x" * 300)]},
        {"item": [make_item(1, resource_type="Patient")]},
        {"item": [make_item(1, answerOption=[{"valueInteger": 10**400}])]},
        {"item": [make_item(1, values=[1e308])]},
        {"item": [make_item(1, answerValueSet="#a", answerOption=None)], "contained": "x"},
        {"contained": [{"resourceType": "ValueSet"}]},
        {"contained": [{"resourceType": "ValueSet", "contained": [{"resourceType": "os"}]}]},
        {"resource_type": "os"},
        {"__class__": "os"},
        {"status": None},
        {"version": "1" * 300},
        {"code": [{"system": "http://loinc.org", "code": "1" * 300}]},
        {"code": "44249-1"},
        {"date": "tomorrow"},
    ],
)
def test_hostile_values_are_refused_or_left_alone(changed):
    content = as_bytes(make_questionnaire(**changed))
    try:
        wording = read_questionnaire(content)
    except SchemaError:
        assert problems_of(content)
    else:
        assert wording.items


def test_a_file_cannot_make_the_library_load_other_kinds():
    read_questionnaire(WHOLE)
    kinds = ["Patient", "Claim", "Medication", "os", "", 7, None, "../x"]
    contained = [{"resourceType": kind} for kind in kinds]
    before = set(sys.modules)
    assert read_questionnaire(as_bytes(make_questionnaire(contained=contained))).items
    assert not [name for name in set(sys.modules) - before if name.startswith("fhir")]


def test_a_full_file_is_told_within_seconds():
    item = json.dumps(make_item(1, text="x" * 400)).encode()
    body = b",".join([item] * (1024 * 1024 // len(item) - 2))
    content = b'{"resourceType": "Questionnaire", "status": "active", "item": [' + body + b"]}"
    begun = time.perf_counter()
    assert problems_of(content)
    assert time.perf_counter() - begun < 10


_plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "item",
                    "linkId",
                    "type",
                    "text",
                    "code",
                    "extension",
                    "url",
                    "valueDecimal",
                    "answerOption",
                    "valueCoding",
                    "valueInteger",
                    "display",
                    "contained",
                    "title",
                ]
            ),  # fmt: skip
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(
    st.dictionaries(
        st.sampled_from(["item", "title", "code", "identifier", "contained", "copyright"]), _plain
    )
)
def test_any_data_is_read_or_refused(changed):
    content = json.dumps({"resourceType": "Questionnaire", "status": "active", **changed}).encode()
    try:
        read_questionnaire(content)
    except SchemaError as refused:
        assert refused.problems


@given(st.binary(max_size=200))
def test_any_bytes_are_refused(content):
    assert problems_of(content)
