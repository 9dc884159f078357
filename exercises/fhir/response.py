"""Writes what was answered as a FHIR R4 QuestionnaireResponse."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from exercises.fhir.checks import check_response

_DISPLAY = "http://hl7.org/fhir/StructureDefinition/display"
_WEIGHT = "http://hl7.org/fhir/StructureDefinition/ordinalValue"


@dataclass(frozen=True, slots=True)
class Answered:
    """One item and what was answered; `points` is None where nothing was.

    `groups`, `code` and `system` are those of the wording, where it was imported.
    """

    link_id: str
    text: str
    points: int | None
    label: str = ""
    code: str = ""
    system: str = ""
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answers:
    """A whole set of answers, given at one time by one client.

    `url` and `version` are the questionnaire's own; both are '' where somebody typed the words.
    """

    id: UUID
    client: UUID
    at: datetime
    title: str
    items: tuple[Answered, ...]
    url: str = ""
    version: str = ""


def questionnaire_response(answers: Answers) -> dict[str, object]:
    """Plain data for JSON. It names the client by id alone: whoever may know more, does."""
    if answers.at.tzinfo is None:
        raise ValueError("An answer is given at an instant, so its time has a zone.")
    data: dict[str, object] = {
        "resourceType": "QuestionnaireResponse",
        "id": str(answers.id),
        "status": "completed",
        "subject": {"reference": f"Patient/{answers.client}"},
        "authored": answers.at.astimezone(UTC).isoformat(timespec="seconds"),
    }
    if answers.url:
        data["questionnaire"] = "|".join(filter(None, (answers.url, answers.version)))
    # FHIR's own way to say what is meant, all the more where there is no address to give.
    if answers.title:
        data["_questionnaire"] = {"extension": [{"url": _DISPLAY, "valueString": answers.title}]}
    if answers.items:
        data["item"] = _items(answers.items)
    check_response(data)
    return data


def _items(items: Iterable[Answered]) -> list[dict[str, object]]:
    """Grouped as the questionnaire groups them, which FHIR requires of a response."""
    top: list[dict[str, object]] = []
    groups: dict[tuple[str, ...], list[dict[str, object]]] = {(): top}
    for item in items:
        for depth in range(1, len(item.groups) + 1):
            path = item.groups[:depth]
            if path not in groups:
                groups[path] = []
                groups[path[:-1]].append({"linkId": path[-1], "item": groups[path]})
        groups[item.groups].append(_item(item))
    return top


def _item(item: Answered) -> dict[str, object]:
    data: dict[str, object] = {"linkId": item.link_id}
    if item.text:
        data["text"] = item.text
    if item.points is not None:
        data["answer"] = [_answer(item, item.points)]
    return data


def _answer(item: Answered, points: int) -> dict[str, object]:
    if not item.code:
        return {"valueInteger": points}
    coding: dict[str, object] = {
        "extension": [{"url": _WEIGHT, "valueDecimal": points}],
        "code": item.code,
    }
    if item.system:
        coding["system"] = item.system
    if item.label:
        coding["display"] = item.label
    return {"valueCoding": coding}
