from __future__ import annotations

import pytest

from counsel.records.selectors import record_of
from tests.exercises.measuring import answers, begun, give, hand_in, make_measure
from tests.factories import make_portal_client

pytestmark = pytest.mark.django_db


def test_the_record_holds_what_was_handed_in_of_measures_as_fhir():
    anna = make_portal_client()
    todo = give(anna, make_measure("gad-7"))
    entry = hand_in(todo, answers(2, key="gad-7"), sharing="private")
    begun(todo, answers(3, key="gad-7"))
    (found,) = record_of(anna)["measures"]
    assert (found["resourceType"], found["id"]) == ("QuestionnaireResponse", str(entry.pk))
    assert found["item"][0]["answer"] == [{"valueInteger": 2}]


def test_answers_that_fit_no_instrument_cost_no_record():
    anna = make_portal_client()
    hand_in(give(anna, make_measure()), {"item1": "v8"})
    record = record_of(anna)
    assert record["measures"] == []
    assert len(record["entries"]) == 1
