"""What a log may say of an error."""

from __future__ import annotations

import traceback


def place_of(error: BaseException) -> str:
    """The kind of error and its line of code: its own words may hold what a person wrote."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "?"
    return f"{type(error).__name__} at {place}"
