"""Questionnaires with the codes and values of each instrument we score, and no words of it."""

from __future__ import annotations

import pytest

from exercises.fhir.matching import doubts, mismatches
from exercises.fhir.questionnaire import read_questionnaire
from exercises.scoring.catalogue import instruments
from tests.exercises.fhir.questionnaires import LOINC, as_bytes, make_item, make_questionnaire

KEYS = sorted(instruments())


def codes(code):
    return [{"system": LOINC, "code": code}] if code else []


def wording_for(facts):
    loinc = facts.item_loinc or ("",) * facts.items
    items = [
        make_item(number, facts.values, code=codes(code) or None)
        for number, code in enumerate(loinc, start=1)
    ]
    extra = [
        make_item(number, (0, 1), code=codes(code))
        for number, code in enumerate(facts.ignored_loinc, start=len(items) + 1)
    ]
    whole = make_questionnaire(*items, *extra, code=codes(facts.loinc) or None)
    return read_questionnaire(as_bytes(whole))


@pytest.mark.parametrize("key", KEYS)
def test_the_right_questionnaire_fits(key):
    facts = instruments()[key]
    assert mismatches(wording_for(facts), facts) == []
    assert bool(doubts(wording_for(facts), facts)) is not bool(facts.loinc)


@pytest.mark.parametrize("key", KEYS)
def test_the_questionnaire_of_another_instrument_never_passes_unseen(key):
    wording = wording_for(instruments()[key])
    for other in set(KEYS) - {key}:
        facts = instruments()[other]
        assert mismatches(wording, facts) or doubts(wording, facts), other
