"""Waiting for what must come about; never for a time in which it should have."""

from __future__ import annotations

import time
from collections.abc import Callable

# Nothing is late that comes at all: the machine may be busy.
PATIENCE = 300.0


class Stuck(Exception):
    """What a fault waits for does not come about; the words say what that was."""


def until(what: str, holds: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Raises Stuck."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise Stuck(f"after {seconds:.0f} s still not: {what}")
        time.sleep(0.1)
