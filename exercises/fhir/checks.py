"""What the FHIR library says of plain data, in words a counsellor can act on.

The only module that uses the library, and only inside functions: loading it takes a fifth of
a second and 25 MiB, which a process that never sees a questionnaire should not pay. Of FHIR it
knows R4B; a Questionnaire and its responses are the same there as in R4.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

from django.utils.translation import gettext

from exercises.schema import SchemaError, shown

if TYPE_CHECKING:
    from fhir.resources.R4B.questionnaire import Questionnaire

MAX_TOLD = 20

_Model = TypeVar("_Model")


def checked_questionnaire(data: Mapping[str, object]) -> Questionnaire:
    """Raise SchemaError where it is not a Questionnaire as FHIR R4 describes one."""
    from fhir.resources.R4B.questionnaire import Questionnaire

    return _checked(Questionnaire.model_validate, {**data, **_value_sets(data)})


def check_response(data: Mapping[str, object]) -> None:
    """Raise SchemaError where it is not a QuestionnaireResponse as FHIR R4 describes one."""
    from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse

    _checked(QuestionnaireResponse.model_validate, data)


def _value_sets(data: Mapping[str, object]) -> dict[str, object]:
    # The library loads the class of whatever is contained: 150 kinds, if a file asks for them.
    contained = data.get("contained")
    if not isinstance(contained, list):
        return {"contained": None}
    return {
        "contained": [
            {name: value for name, value in resource.items() if name != "contained"}
            for resource in contained
            if isinstance(resource, dict) and resource.get("resourceType") == "ValueSet"
        ]
        or None
    }


def _checked(validate: Callable[[object], _Model], data: object) -> _Model:
    from pydantic import ValidationError

    try:
        return validate(data)
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=False, include_input=False)
        problems = [_sentence(detail["type"], detail["loc"]) for detail in details[:MAX_TOLD]]
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError):
        # The library lets such errors out for some data it did not think of.
        problems = [gettext("the file does not follow FHIR R4")]
    raise SchemaError(problems)


def _sentence(kind: str, location: Sequence[str | int]) -> str:
    problem = _problem(kind)
    *above, last = location or ("",)
    if isinstance(last, int) or last in {"", "root", "resource_type"}:
        place = _place(location)
        return f"{place}: {problem}" if place else problem
    place = _place(above)
    named = f"'{shown(last)}' {problem}"
    return f"{place}: {named}" if place else named


def _place(location: Sequence[str | int]) -> str:
    """('item', 0, 'answerOption', 2) becomes 'item 1, answerOption 3'."""
    words: list[str] = []
    for part in location:
        if isinstance(part, int) and words:
            words[-1] += f" {part + 1}"
        elif isinstance(part, str) and part not in {"root", "resource_type"}:
            words.append(shown(part))
    return ", ".join(words)


def _problem(kind: str) -> str:
    if kind == "model_field_validation.missing":
        return gettext("is missing")
    if kind == "extra_forbidden":
        return gettext("is not a name FHIR R4 knows here")
    if kind in {"string_type", "string_pattern_mismatch", "string_unicode"}:
        return gettext("should be text that is not empty")
    if kind.startswith(("int_", "decimal_", "float_")):
        return gettext("should be a number")
    if kind.startswith("bool_"):
        return gettext("should be true or false")
    if kind == "list_type":
        return gettext("should be a list")
    return gettext("does not follow FHIR R4")
