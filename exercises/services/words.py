"""Free words as they are kept."""

from __future__ import annotations

from counsel.common.errors import DomainError
from exercises import answers as rules
from exercises.steps import Field, FieldKind, Step


def words_of(name: str, text: str) -> str:
    """Free words as they are kept. Raises DomainError, naming the input, where they cannot be."""
    asked = Step(key="words", title="", fields=(Field(name, FieldKind.LONG_TEXT, label=""),))
    cleaned = rules.clean_step(asked, {name: text})
    if name in cleaned.errors:
        raise DomainError(cleaned.errors[name], field=name)
    return str(cleaned.answers.get(name, "")).strip()
