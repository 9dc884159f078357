"""The help lines of the practice, from a file: the help page needs no database."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from django.conf import settings


class UnfitHelpLines(Exception):
    """The file is missing, no TOML, or not written as `counsel/help_lines.toml` shows."""


@dataclass(frozen=True)
class HelpLine:
    name: str
    number: str
    checked_on: date
    note: str = ""

    def __post_init__(self) -> None:
        words = (self.name, self.number, self.note)
        if not all(isinstance(word, str) for word in words) or type(self.checked_on) is not date:
            raise TypeError("names, numbers and notes are texts, checked_on is a date")


def help_lines() -> tuple[HelpLine, ...]:
    """The lines in the order of the file, read once per process. Raises UnfitHelpLines."""
    return _read(settings.HELP_LINES_FILE)


@cache
def _read(path: Path) -> tuple[HelpLine, ...]:
    try:
        lines = tomllib.loads(path.read_text(encoding="utf-8")).get("line", [])
        return tuple(HelpLine(**line) for line in lines)
    except (OSError, ValueError, TypeError) as error:
        raise UnfitHelpLines(str(error)) from error
