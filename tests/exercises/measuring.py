"""Measures for tests: of the shape of an instrument, with words nobody ever published."""

from __future__ import annotations

from datetime import date

from exercises.scoring.catalogue import instrument
from exercises.services.practising import entry_begin, entry_submit
from tests.factories import make_assignment, make_version


def make_measure(key="phq-9", **fields):
    """Wording by which every item reads "Item 1", every answer "Answer 0"."""
    facts = instrument(key)
    options = [{"value": f"v{points}", "label": f"Answer {points}"} for points in facts.values]
    steps = [
        {
            "key": f"item{number}",
            "title": f"Question {number}",
            "fields": [
                {
                    "key": f"item{number}",
                    "kind": "choice",
                    "label": f"Item {number}",
                    "options": options,
                }
            ],
        }
        for number in range(1, facts.items + 1)
    ]
    fields.setdefault("title", f"Placeholder {key}")
    fields.setdefault("copyright", "© Somebody. Placeholder line.")
    fields.setdefault("sharing_default", "shared")
    return make_version(kind="measure", scoring=key, steps=steps, **fields)


def answers(*points, key="phq-9"):
    """In the order of the items, the rest answered with the lowest value; None is left out."""
    facts = instrument(key)
    all_points = [*points, *[facts.values[0]] * (facts.items - len(points))]
    return {
        f"item{number}": f"v{value}"
        for number, value in enumerate(all_points, start=1)
        if value is not None
    }


def risky(points):
    """PHQ-9 answers that are the lowest but for the risk item."""
    return answers(*[0] * 8, points)


def give(client, version, **fields):
    fields.setdefault("starts_on", date(2020, 1, 1))
    return make_assignment(client=client, version=version, **fields)


def begun(assignment, given):
    """Filled in by its client, and not handed in yet."""
    client, version = assignment.client, assignment.version
    draft = entry_begin(client=client, version=version, assignment=assignment)
    draft.answers = given
    draft.save(update_fields=["answers"])
    return draft


def hand_in(assignment, given, sharing="shared"):
    return entry_submit(entry=begun(assignment, given), sharing=sharing)
