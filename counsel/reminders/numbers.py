"""Telephone numbers in the one form that every carrier of texts understands (E.164)."""

from __future__ import annotations

import re

# What people write between digits, and the national zero that is not dialled from abroad.
_BETWEEN = re.compile(r"\(0\)|[\s().\-‐‑–/]")
_NUMBER = re.compile(r"\+[1-9][0-9]{7,14}")


def e164(text: str) -> str:
    """`+44 (0)7700 900-123` as `+447700900123`.

    Raises ValueError for what does not begin with `+` and the code of a country.
    """
    number = _BETWEEN.sub("", text.strip())
    if not _NUMBER.fullmatch(number):
        raise ValueError("a number begins with + and the code of its country")
    return number
