"""The one thing that is filled in into the words of a message: `{name}`.

No attribute, no index, no format, no condition. Whatever else has a brace in it is a fault, so
that nobody finds out by a mail that went out. A value goes in as it is and is never read again.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

_NAME = re.compile(r"\{([a-z][a-z0-9_]*)\}")
# An opening brace with all that seems to belong to it, or a closing one that is left over.
_BRACES = re.compile(r"\{+[^{}\n]*\}*|\}+")


@dataclass(frozen=True, slots=True)
class Fault:
    """`found` stands in `line` (from 1), and cannot be filled in."""

    line: int
    found: str


def faults(text: str, known: Collection[str]) -> list[Fault]:
    """Whatever has a brace and is none of the known placeholders."""
    return [
        Fault(text.count("\n", 0, match.start()) + 1, match.group())
        for match in _BRACES.finditer(text)
        if _name(match) not in known
    ]


def names_in(text: str) -> set[str]:
    return {name for match in _BRACES.finditer(text) if (name := _name(match))}


def words_of(text: str) -> str:
    """The text without what is filled in: what somebody wrote in it themselves."""
    return _NAME.sub(" ", text)


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with each placeholder's value in its place. Raises ValueError for a fault."""
    return "".join(_filled(text, values))


def _filled(text: str, values: Mapping[str, str]) -> Iterator[str]:
    read = 0
    for match in _BRACES.finditer(text):
        name = _name(match)
        if name not in values:
            raise ValueError(f"{match.group()} cannot be filled in.")
        yield text[read : match.start()]
        yield values[name]
        read = match.end()
    yield text[read:]


def _name(match: re.Match[str]) -> str:
    """Of braces that are a placeholder and no more; else empty, which nothing is called."""
    found = _NAME.fullmatch(match.group())
    return found.group(1) if found else ""
