"""Which words of an entry can be quoted. Pure: values in, values out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from exercises.steps import Field, Role, Step


def quotable(steps: Iterable[Step], answers: Mapping[str, object]) -> list[tuple[Field, str]]:
    """What was written in full sentences, first what the exercise asks to share."""
    fields = [field for step in steps for field in step.fields if field.kind.is_text]
    ordered = sorted(fields, key=lambda field: field.role is not Role.SHARE)
    written = ((field, answers.get(field.key)) for field in ordered)
    return [(field, text) for field, text in written if isinstance(text, str) and text.strip()]
