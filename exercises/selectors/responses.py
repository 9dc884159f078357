"""A measure that was handed in, as a FHIR QuestionnaireResponse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from exercises.fhir.response import Answered, Answers, questionnaire_response
from exercises.models import Entry
from exercises.scoring.rules import raw_answers
from exercises.selectors.measures import instrument_of
from exercises.steps import Field


def response_of(entry: Entry) -> dict[str, object] | None:
    """Plain data for JSON; None for what is no measure, or holds answers it does not have.

    Items come in the order of the wording and under the names it was published with, where it
    was; one that was not asked or not answered is there without an answer.
    """
    instrument = instrument_of(entry.version)
    if instrument is None or entry.outcome != Entry.Outcome.DONE:
        return None
    try:
        raw = raw_answers(instrument, entry.answers)
    except ValueError:
        return None
    published: Mapping[str, Any] = entry.version.published_as
    return questionnaire_response(
        Answers(
            id=entry.pk,
            client=entry.client_id,
            at=entry.happened_at,
            title=entry.version.title,
            items=tuple(
                _answered(field, raw.get(number), number, published.get("items", ()))
                for number, field in _items(entry, instrument.items)
            ),
            url=published.get("url", ""),
            version=published.get("version", ""),
        )
    )


def _items(entry: Entry, count: int) -> list[tuple[int, Field]]:
    asked = {field.key: field for step in entry.version.parsed_steps() for field in step.fields}
    numbers = range(1, count + 1)
    return [(n, asked[f"item{n}"]) for n in numbers if f"item{n}" in asked]


def _answered(
    field: Field, points: int | None, number: int, published: Sequence[Mapping[str, Any]]
) -> Answered:
    as_item = published[number - 1] if number <= len(published) else {}
    code = as_item.get("answers", {}).get(f"v{points}", {})
    labels = {option.value: option.label for option in field.options}
    return Answered(
        link_id=as_item.get("link_id") or field.key,
        text=field.label,
        points=points,
        label=labels.get(f"v{points}", ""),
        code=code.get("code", ""),
        system=code.get("system", ""),
        groups=tuple(as_item.get("groups", ())),
    )
