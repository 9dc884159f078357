from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exercises.fhir.checks import check_response
from exercises.fhir.response import Answered, Answers, questionnaire_response
from exercises.schema import SchemaError

CLIENT = UUID("11111111-1111-4111-8111-111111111111")
GIVEN = UUID("22222222-2222-4222-8222-222222222222")


def make_answers(*items, **kw):
    at = datetime(2026, 3, 1, 10, 30, tzinfo=timezone(timedelta(hours=2)))
    values = {"id": GIVEN, "client": CLIENT, "at": at, "title": "Three items", "items": items}
    return Answers(**{**values, **kw})


def test_it_writes_codes_and_numbers():
    coded = Answered(
        link_id="/1000-1",
        text="Item 1 wording",
        points=2,
        label="Answer 2 wording",
        code="LA2-0",
        system="http://loinc.org",
    )
    plain = Answered(link_id="2", text="Item 2 wording", points=0)
    left_open = Answered(link_id="3", text="Item 3 wording", points=None)
    response = questionnaire_response(
        make_answers(coded, plain, left_open, url="http://example.org/q", version="2")
    )
    assert response == {
        "resourceType": "QuestionnaireResponse",
        "id": str(GIVEN),
        "status": "completed",
        "questionnaire": "http://example.org/q|2",
        "_questionnaire": {
            "extension": [
                {
                    "url": "http://hl7.org/fhir/StructureDefinition/display",
                    "valueString": "Three items",
                }
            ]
        },
        "subject": {"reference": f"Patient/{CLIENT}"},
        "authored": "2026-03-01T08:30:00+00:00",
        "item": [
            {
                "linkId": "/1000-1",
                "text": "Item 1 wording",
                "answer": [
                    {
                        "valueCoding": {
                            "extension": [
                                {
                                    "url": "http://hl7.org/fhir/StructureDefinition/ordinalValue",
                                    "valueDecimal": 2,
                                }
                            ],
                            "code": "LA2-0",
                            "system": "http://loinc.org",
                            "display": "Answer 2 wording",
                        }
                    }
                ],
            },
            {"linkId": "2", "text": "Item 2 wording", "answer": [{"valueInteger": 0}]},
            {"linkId": "3", "text": "Item 3 wording"},
        ],
    }
    json.dumps(response)


def test_it_groups_items_as_the_questionnaire_does():
    items = [
        Answered(link_id="1", text="", points=1, groups=("g", "h")),
        Answered(link_id="2", text="", points=1),
        Answered(link_id="3", text="", points=1, groups=("g", "h")),
        Answered(link_id="4", text="", points=1, groups=("g",)),
    ]
    answer = [{"valueInteger": 1}]
    assert questionnaire_response(make_answers(*items))["item"] == [
        {
            "linkId": "g",
            "item": [
                {
                    "linkId": "h",
                    "item": [{"linkId": "1", "answer": answer}, {"linkId": "3", "answer": answer}],
                },
                {"linkId": "4", "answer": answer},
            ],
        },
        {"linkId": "2", "answer": answer},
    ]


def test_words_somebody_typed_have_no_address():
    response = questionnaire_response(make_answers(Answered("1", "Item 1 wording", 1)))
    assert "questionnaire" not in response
    assert "_questionnaire" in response


def test_it_refuses_a_time_without_a_zone():
    with pytest.raises(ValueError, match="has a zone"):
        questionnaire_response(make_answers(at=datetime(2026, 3, 1)))


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=50))
def test_any_words_can_be_written(words):
    words = words.strip()
    response = questionnaire_response(make_answers(Answered("1", words, 1), title=words))
    (item,) = response["item"]
    assert item.get("text", "") == words


def test_what_fhir_does_not_know_is_told():
    with pytest.raises(SchemaError) as refused:
        check_response({"resourceType": "QuestionnaireResponse", "item": [{"text": "x"}]})
    assert refused.value.problems


def test_the_library_is_loaded_by_nobody_who_does_not_use_it():
    script = """
import django, sys
django.setup()
import counsel.urls, exercises.fhir.questionnaire, exercises.fhir.response
import exercises.fhir.matching
loaded = [name for name in sys.modules if name.split(".")[0] in {"fhir", "fhir_core", "pydantic"}]
print(loaded)
"""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script],
        capture_output=True,
        text=True,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"},
    )
    assert done.stdout.strip() == "[]", done.stderr
