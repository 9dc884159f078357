"""The help lines of the practice, from a file: the help page needs no database."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from django.conf import settings


@dataclass(frozen=True)
class HelpLine:
    name: str
    number: str
    checked_on: date
    note: str = ""


def help_lines() -> tuple[HelpLine, ...]:
    return _read(settings.HELP_LINES_FILE)


@cache
def _read(path: Path) -> tuple[HelpLine, ...]:
    """Read once per process. Raises OSError, TOMLDecodeError, KeyError or TypeError when unfit."""
    lines = tomllib.loads(path.read_text(encoding="utf-8")).get("line", [])
    return tuple(HelpLine(**line) for line in lines)
