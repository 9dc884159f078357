"""Whom to call, from files: the practice's own lines and those of countries.

The help page needs no database.
"""

from __future__ import annotations

import logging
import tomllib
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

logger = logging.getLogger(__name__)

# Answers from a mobile phone in many countries, or leads to whoever does.
EMERGENCY = "112"
# For so long a number is taken to be as it was when somebody last looked.
LASTS = timedelta(days=180)
COUNTRIES_FILE = Path(__file__).resolve().parents[1] / "help_countries.toml"


class UnfitHelpLines(Exception):
    """A file is missing, no TOML, or not written as ours; or a country is not known."""


@dataclass(frozen=True)
class HelpLine:
    name: str
    number: str
    checked_on: date
    note: str = ""
    # A number to write to, where one can.
    sms: str = ""
    # Where the number stands for all to read.
    source: str = ""

    def __post_init__(self) -> None:
        words = (self.name, self.number, self.note, self.sms, self.source)
        if not all(isinstance(word, str) for word in words) or type(self.checked_on) is not date:
            raise TypeError("names, numbers and notes are texts, checked_on is a date")

    def is_fresh(self, today: date) -> bool:
        return timedelta() <= today - self.checked_on <= LASTS

    @property
    def digits(self) -> str:
        return "".join(filter(str.isdigit, self.number))


@dataclass(frozen=True)
class Country:
    code: str
    name: str
    emergency: str
    lines: tuple[HelpLine, ...] = ()


@dataclass(frozen=True)
class Help:
    """What "Get help now" shows. `lines` and `countries` are the practice's own choice."""

    emergency: str = EMERGENCY
    lines: tuple[HelpLine, ...] = ()
    countries: tuple[Country, ...] = ()
    others: tuple[Country, ...] = ()

    @property
    def chosen(self) -> tuple[HelpLine, ...]:
        """Every line the practice answers for, its own first."""
        return self.lines + tuple(line for country in self.countries for line in country.lines)

    def elsewhere(self, today: date) -> list[Country]:
        """Countries nobody here looks after: of those, no line that has not been checked lately."""
        return [
            replace(country, lines=tuple(line for line in country.lines if line.is_fresh(today)))
            for country in self.others
        ]


def help_now() -> Help:
    """Read once per process and set of files. Raises UnfitHelpLines."""
    return _help(settings.HELP_LINES_FILE, tuple(settings.HELP_COUNTRIES))


def help_at_hand() -> Help:
    """The same, or as much as can be read: what shows it opens whatever happens."""
    try:
        return help_now()
    except UnfitHelpLines:
        logger.exception("the help lines cannot be read")
    try:
        return _without_own()
    except UnfitHelpLines:
        return Help()


def _without_own() -> Help:
    known = _countries()
    chosen = tuple(known[code] for code in settings.HELP_COUNTRIES if code in known)
    others = tuple(country for country in known.values() if country not in chosen)
    return Help(chosen[0].emergency if chosen else EMERGENCY, (), chosen, others)


@cache
def _help(path: Path, codes: tuple[str, ...]) -> Help:
    known = _countries()
    if unknown := [code for code in codes if code not in known]:
        raise UnfitHelpLines(f"no numbers are known for {', '.join(unknown)}")
    emergency, lines = _read(path)
    own = {line.digits for line in lines}
    chosen = tuple(_beside(known[code], own) for code in codes)
    others = tuple(country for code, country in known.items() if code not in codes)
    first = chosen[0].emergency if chosen else EMERGENCY
    return Help(emergency or first, lines, chosen, others)


def _beside(country: Country, own: set[str]) -> Country:
    """What the practice has written itself stands once."""
    lines = tuple(line for line in country.lines if line.digits not in own)
    return replace(country, lines=lines)


def _read(path: Path) -> tuple[str, tuple[HelpLine, ...]]:
    content = _content(path)
    try:
        emergency = _emergency(content) if "emergency" in content else ""
        return emergency, _lines(content)
    except (ValueError, TypeError) as error:
        raise UnfitHelpLines(str(error)) from error


@cache
def _countries() -> dict[str, Country]:
    try:
        return {
            row["code"]: Country(row["code"], row["name"], _emergency(row), _lines(row))
            for row in _content(COUNTRIES_FILE)["country"]
        }
    except (KeyError, TypeError) as error:
        raise UnfitHelpLines(str(error)) from error


def _content(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UnfitHelpLines(str(error)) from error


def _lines(content: dict[str, Any]) -> tuple[HelpLine, ...]:
    return tuple(HelpLine(**line) for line in content.get("line", []))


def _emergency(content: dict[str, Any]) -> str:
    number = content["emergency"]
    if not isinstance(number, str) or not any(map(str.isdigit, number)):
        raise TypeError("the emergency number is a text with digits")
    return number
