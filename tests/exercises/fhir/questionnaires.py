"""Questionnaires in the shapes they are published in, with words nobody ever published."""

from __future__ import annotations

import json

ORDINAL = "http://hl7.org/fhir/StructureDefinition/ordinalValue"
LOINC = "http://loinc.org"


def weighted(points, url=ORDINAL):
    return [{"url": url, "valueDecimal": points}]


def make_option(points, **kw):
    coding = {"system": LOINC, "code": f"LA{points}-0", "display": f"Answer {points} wording"}
    return {"extension": weighted(points), "valueCoding": coding, **kw}


def make_item(number, values=(0, 1, 2, 3), **kw):
    return {
        "linkId": f"/{number}000-{number}",
        "code": [{"system": LOINC, "code": f"{number}000-{number}"}],
        "type": "choice",
        "text": f"Item {number} wording",
        "answerOption": [make_option(points) for points in values],
        **kw,
    }


def make_questionnaire(*items, **kw):
    return {
        "resourceType": "Questionnaire",
        "status": "active",
        "url": "http://example.org/Questionnaire/three",
        "version": "2",
        "title": "Three items",
        "publisher": "A publisher",
        "copyright": "© Some authors. Free for all in this test.",
        "language": "en",
        "code": [{"system": LOINC, "code": "99999-9"}],
        "item": list(items or (make_item(1), make_item(2), make_item(3))),
        **kw,
    }


def as_bytes(data):
    return json.dumps(data).encode()
