from __future__ import annotations

import pytest

from exercises.fhir.questionnaire import read_questionnaire
from exercises.fhir.wording import AnswerWording, ItemWording
from exercises.schema import SchemaError
from tests.exercises.fhir.questionnaires import (
    LOINC,
    as_bytes,
    make_item,
    make_option,
    make_questionnaire,
    weighted,
)


def read(*items, **kw):
    return read_questionnaire(as_bytes(make_questionnaire(*items, **kw)))


def problems_of(*items, **kw):
    with pytest.raises(SchemaError) as refused:
        read(*items, **kw)
    return refused.value.problems


def points_of(item):
    return [answer.points for answer in item.answers]


def test_it_reads_a_flat_questionnaire_with_codes():
    wording = read(make_item(1, prefix="1."), make_item(2))
    assert (wording.title, wording.publisher, wording.language) == (
        "Three items",
        "A publisher",
        "en",
    )
    assert wording.copyright == "© Some authors. Free for all in this test."
    assert (wording.url, wording.version) == ("http://example.org/Questionnaire/three", "2")
    assert (wording.loinc, wording.stem, wording.left_out) == (("99999-9",), "", ())
    first, second = wording.items
    answers = [
        AnswerWording(points, f"Answer {points} wording", f"LA{points}-0", LOINC)
        for points in range(4)
    ]
    assert first == ItemWording(
        link_id="/1000-1",
        position=1,
        prefix="1.",
        loinc="1000-1",
        intro="",
        text="Item 1 wording",
        answers=tuple(answers),
    )
    assert (second.position, second.prefix) == (2, "")


def test_it_walks_groups_and_keeps_the_words_between_items():
    inner = {
        "linkId": "g1.1",
        "type": "group",
        "text": "Second stem wording",
        "item": [make_item(1), {"linkId": "d", "type": "display", "text": "Between wording"}],
    }
    outer = {"linkId": "g1", "type": "group", "text": "Stem wording", "item": [inner]}
    end = {"linkId": "end", "type": "display", "text": "Closing wording"}
    title = {"linkId": "t", "type": "display", "text": "Three items"}
    wording = read(title, outer, make_item(2), end)
    assert wording.stem == "Stem wording\n\nSecond stem wording"
    first, second = wording.items
    assert (first.groups, first.intro) == (("g1", "g1.1"), "")
    assert (second.groups, second.intro) == ((), "Between wording")
    assert wording.left_out == ("'Closing wording': words after the last item",)


@pytest.mark.parametrize(
    "item",
    [
        {"type": "decimal", "extension": [{"url": "http://example.org/unit", "valueCode": "x"}]},
        {"type": "quantity"},
        {"type": "string", "readOnly": True},
        {
            "type": "choice",
            "extension": [
                {
                    "url": "http://hl7.org/fhir/uv/sdc/StructureDefinition/"
                    "sdc-questionnaire-calculatedExpression",
                    "valueExpression": {"language": "text/fhirpath", "expression": "1 + 1"},
                }
            ],
        },
    ],
)
def test_it_leaves_scores_out(item):
    wording = read(make_item(1), {"linkId": "/total", "text": "Total", **item})
    assert len(wording.items) == 1
    assert wording.left_out == ("'Total': a score, which Counsel works out itself",)


def test_it_leaves_out_what_nobody_sees_and_notes_beside_an_item():
    hidden = {
        "url": "http://hl7.org/fhir/StructureDefinition/questionnaire-hidden",
        "valueBoolean": True,
    }
    note = {"linkId": "/1000-1/help", "type": "display", "text": "Help wording"}
    wording = read(make_item(1, item=[note]), make_item(2, extension=[hidden]))
    assert [item.text for item in wording.items] == ["Item 1 wording"]
    assert wording.left_out == (
        "'Help wording': a note beside an item",
        "'Item 2 wording': it is hidden",
    )


@pytest.mark.parametrize(
    ("option", "answer"),
    [
        ({"valueInteger": 3}, AnswerWording(3, "3")),
        ({"valueString": "Words", "extension": weighted(2)}, AnswerWording(2, "Words")),
        ({"valueString": "Words"}, AnswerWording(None, "Words")),
        ({"valueCoding": {"code": "4", "display": "Words"}}, AnswerWording(4, "Words", "4")),
        ({"valueCoding": {"code": "at", "display": "Words"}}, AnswerWording(None, "Words", "at")),
        (
            {"valueCoding": {"code": "9", "display": "Words", "extension": weighted(1.0)}},
            AnswerWording(1, "Words", "9"),
        ),
        (
            make_option(
                5, extension=weighted(0, "http://hl7.org/fhir/StructureDefinition/itemWeight")
            ),
            AnswerWording(0, "Answer 5 wording", "LA5-0", LOINC),
        ),
    ],
)
def test_it_takes_points_from_the_weight_the_number_or_the_code(option, answer):
    (item,) = read(make_item(1, answerOption=[option])).items
    assert item.answers == (answer,)


def test_it_never_mixes_weights_and_codes():
    bare = {"valueCoding": {"code": "1", "display": "Words"}}
    (item,) = read(make_item(1, answerOption=[make_option(0), bare])).items
    assert points_of(item) == [0, None]


@pytest.mark.parametrize("called", ["#answers", "http://example.org/vs", "http://example.org/vs|1"])
@pytest.mark.parametrize("form", ["compose", "expansion"])
def test_it_reads_answers_from_a_value_set_inside_the_file(called, form):
    concepts = [
        {"code": f"A{points}", "display": f"Answer {points} wording", "extension": weighted(points)}
        for points in (0, 1)
    ]
    forms = {
        "compose": {"include": [{"system": "http://example.org/cs", "concept": concepts}]},
        "expansion": {
            "timestamp": "2026-01-01",
            "contains": [{"system": "http://example.org/cs", **concept} for concept in concepts],
        },
    }
    contained = {
        "resourceType": "ValueSet",
        "id": "answers",
        "url": "http://example.org/vs",
        "status": "active",
        form: forms[form],
    }
    asked = make_item(1, answerValueSet=called)
    del asked["answerOption"]
    (item,) = read(asked, contained=[contained, {"resourceType": "Patient"}]).items
    assert item.answers == tuple(
        AnswerWording(points, f"Answer {points} wording", f"A{points}", "http://example.org/cs")
        for points in (0, 1)
    )


def test_it_tells_where_answers_are_that_are_not_in_the_file():
    asked = make_item(1, answerValueSet="http://example.org/elsewhere")
    del asked["answerOption"]
    wording = read(asked)
    assert wording.items[0].answers == ()
    assert wording.left_out == (
        "'Item 1 wording': its answers are not in this file but at 'http://example.org/elsewhere'",
    )


@pytest.mark.parametrize(
    ("given", "codes"),
    [
        ({"code": [{"system": LOINC, "code": "44249-1"}]}, ("44249-1",)),
        ({"code": [{"code": "44249-1"}]}, ("44249-1",)),
        ({"code": [{"system": "http://snomed.info/sct", "code": "44249-1"}]}, ()),
        ({"code": [], "identifier": [{"system": LOINC, "value": "44249-1"}]}, ("44249-1",)),
        ({"code": None}, ()),
    ],
)
def test_it_finds_the_loinc_codes_of_the_whole(given, codes):
    assert read(**given).loinc == codes


def test_text_stays_text():
    looks = "<script>alert(1)</script> **so** &amp; \u202eright to left"
    assert read(make_item(1, text=looks)).items[0].text == looks


def test_what_only_concerns_rendering_is_ignored():
    rendering = {
        "_text": {"extension": [{"url": "http://example.org/rendering", "valueString": "b"}]},
        "extension": [
            {
                "url": "http://hl7.org/fhir/StructureDefinition/questionnaire-itemControl",
                "valueCodeableConcept": {"coding": [{"code": "radio-button"}]},
            }
        ],
    }
    narrative = {"status": "generated", "div": "<div>Not taken</div>"}
    wording = read(make_item(1, **rendering), text=narrative)
    assert [item.text for item in wording.items] == ["Item 1 wording"]


def test_it_tells_all_problems_at_once():
    assert problems_of(
        make_item(1),
        make_item(1),
        make_item(2, text="x" * 5_001),
        make_item(3, text="a\x00b"),
        make_item(4, text=None),
        make_item(5, answerOption=[make_option(0.5), make_option(1, valueCoding={"code": "x"})]),
        make_item(6, values=range(41)),
    ) == [
        "item '/1000-1': another item has the same linkId",
        "item '/2000-2': 'text' is longer than 5000 characters",
        "item '/2000-2': 'text' is missing",
        "item '/3000-3': 'text' has a character no text has",
        "item '/3000-3': 'text' is missing",
        "item '/4000-4': 'text' is missing",
        "item '/5000-5': answer 1 does not count a whole number of points",
        "item '/5000-5': 'answer 2' has no words",
        "item '/6000-6': it has more than 40 answers",
    ]


@pytest.mark.parametrize(
    ("item", "problem"),
    [
        ({"linkId": None}, "item 1: 'linkId' is missing"),
        ({"type": None}, "item 1: 'type' is missing"),
        ({"text": ""}, "item 1: 'text' should be text that is not empty"),
        ({"text": 7}, "item 1: 'text' should be text that is not empty"),
        ({"colour": "red"}, "item 1: 'colour' is not a name FHIR R4 knows here"),
        ({"required": "perhaps"}, "item 1: 'required' should be true or false"),
        ({"item": {}}, "item 1: 'item' should be a list"),
        ({"answerOption": [{}]}, "item 1, answerOption 1: does not follow FHIR R4"),
        (
            {"answerOption": [{"valueInteger": "x"}]},
            "item 1, answerOption 1: 'valueInteger' should be a number",
        ),
    ],
)
def test_it_names_the_place_of_what_is_not_fhir(item, problem):
    assert problems_of(make_item(1, **item)) == [problem]


def test_it_refuses_one_that_asks_nothing():
    assert problems_of({"linkId": "1", "type": "display", "text": "Words"}) == [
        "the questionnaire asks nothing"
    ]


def test_it_refuses_more_than_200_items():
    items = [{"linkId": str(number), "type": "group"} for number in range(201)]
    assert problems_of(*items) == ["the questionnaire has more than 200 items"]


def test_it_reads_200_items():
    items = [make_item(1, linkId=str(number)) for number in range(200)]
    assert len(read(*items).items) == 200
