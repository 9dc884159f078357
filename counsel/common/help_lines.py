"""The help lines of the practice, from a file: the help page needs no database."""

from __future__ import annotations

import logging
import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from django.conf import settings

logger = logging.getLogger(__name__)


class UnfitHelpLines(Exception):
    """The file is missing, no TOML, or not written as `counsel/help_lines.toml` shows."""


@dataclass(frozen=True)
class HelpLine:
    name: str
    number: str
    checked_on: date
    note: str = ""
    # A number to write to, where one can.
    sms: str = ""

    def __post_init__(self) -> None:
        words = (self.name, self.number, self.note, self.sms)
        if not all(isinstance(word, str) for word in words) or type(self.checked_on) is not date:
            raise TypeError("names, numbers and notes are texts, checked_on is a date")


# Answers from a mobile phone in many countries, or leads to whoever does.
EMERGENCY = "112"


def help_lines() -> tuple[HelpLine, ...]:
    """The lines in the order of the file, read once per process. Raises UnfitHelpLines."""
    return _read(settings.HELP_LINES_FILE)[1]


def emergency_number() -> str:
    """The number to call in danger, where the practice is."""
    try:
        return _read(settings.HELP_LINES_FILE)[0]
    except UnfitHelpLines:
        return EMERGENCY


def help_lines_at_hand() -> tuple[HelpLine, ...]:
    """The same, or none where they cannot be read: what shows them opens whatever happens."""
    try:
        return help_lines()
    except UnfitHelpLines:
        logger.exception("the help lines cannot be read")
        return ()


@cache
def _read(path: Path) -> tuple[str, tuple[HelpLine, ...]]:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        emergency = content.get("emergency", EMERGENCY)
        if not isinstance(emergency, str) or not any(map(str.isdigit, emergency)):
            raise TypeError("the emergency number is a text with digits")
        return emergency, tuple(HelpLine(**line) for line in content.get("line", []))
    except (OSError, ValueError, TypeError) as error:
        raise UnfitHelpLines(str(error)) from error
