"""The answers of a questionnaire's item, and the points each one counts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext

if TYPE_CHECKING:
    from fhir.resources.R4B.extension import Extension
    from fhir.resources.R4B.questionnaire import (
        Questionnaire,
        QuestionnaireItem,
        QuestionnaireItemAnswerOption,
    )
    from fhir.resources.R4B.valueset import ValueSet

# The second is what the first is called since FHIR R5; both are met in R4 files.
WEIGHTS = {
    "http://hl7.org/fhir/StructureDefinition/ordinalValue",
    "http://hl7.org/fhir/StructureDefinition/itemWeight",
}
MAX_POINTS = 1_000
_WHOLE = re.compile(r"-?\d{1,4}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Choice:
    """An answer as the file has it: `weight` is what an extension says, `number` its value."""

    label: str
    code: str = ""
    system: str = ""
    weight: Decimal | None = None
    number: int | None = None


def value_sets(questionnaire: Questionnaire) -> dict[str, ValueSet]:
    """The value sets inside the file, by every name an item may call them."""
    found = {}
    for resource in questionnaire.contained or ():
        value_set: ValueSet = resource  # type: ignore[assignment]  # checks lets in no others
        if value_set.id:
            found[f"#{value_set.id}"] = value_set
        if value_set.url:
            found[value_set.url] = value_set
    return found


def choices(item: QuestionnaireItem, sets: Mapping[str, ValueSet]) -> list[Choice]:
    """What can be chosen; nothing where the list is not in the file."""
    if item.answerOption:
        return [_of_option(option) for option in item.answerOption]
    name, _, _ = (item.answerValueSet or "").partition("|")
    return list(_of_set(sets[name])) if name in sets else []


def points(offered: Sequence[Choice], note: Callable[[str], None]) -> list[int | None]:
    """What each answer counts: its weight, else its own number, else a code that is a number.

    One of these for all answers of an item, never a mixture; None where there is none.
    """
    counts: list[Decimal | int | None] = [choice.weight for choice in offered]
    if _none(counts):
        counts = [choice.number for choice in offered]
    if _none(counts) and all(_WHOLE.fullmatch(choice.code) for choice in offered):
        counts = [int(choice.code) for choice in offered]
    found: list[int | None] = []
    for number, count in enumerate(counts, start=1):
        whole = None
        if count is not None and -MAX_POINTS <= count <= MAX_POINTS and count == int(count):
            whole = int(count)
        elif count is not None:
            problem = gettext("answer %(number)s does not count a whole number of points")
            note(problem % {"number": number})
        found.append(whole)
    return found


def _none(counts: Iterable[object]) -> bool:
    return all(count is None for count in counts)


def _of_option(option: QuestionnaireItemAnswerOption) -> Choice:
    coding = option.valueCoding
    weight = _weight(option.extension)
    if coding is not None:
        if weight is None:
            weight = _weight(coding.extension)
        return Choice(coding.display or "", coding.code or "", coding.system or "", weight)
    number = option.valueInteger
    given = option.valueString, number, option.valueDate, option.valueTime
    label = next((str(value) for value in given if value is not None), "")
    return Choice(label, weight=weight, number=number)


def _of_set(value_set: ValueSet) -> Iterator[Choice]:
    expanded = value_set.expansion.contains if value_set.expansion else None
    for entry in expanded or ():
        yield Choice(
            entry.display or "", entry.code or "", entry.system or "", _weight(entry.extension)
        )
    if expanded or not value_set.compose:
        return
    for include in value_set.compose.include or ():
        for concept in include.concept or ():
            yield Choice(
                concept.display or "",
                concept.code or "",
                include.system or "",
                _weight(concept.extension),
            )


def _weight(extensions: Iterable[Extension] | None) -> Decimal | None:
    for extension in extensions or ():
        if extension.url in WEIGHTS and extension.valueDecimal is not None:
            return extension.valueDecimal
    return None
