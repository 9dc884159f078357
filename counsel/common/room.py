"""Room for deep calls: a page, or a test, runs a good deal faster with it.

CPython keeps the frames of a thread in pieces of 16 KiB. Where a loop calls out of a full one, a
new piece is fetched from the system and given back at every call, and Django calls deep enough
for that all the time. A frame of over half a mebibyte gets a piece of one mebibyte for itself, and
all that is called from it lives in the rest.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


def with_room(call: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    return call(*args, **kwargs)


# The slots, of eight bytes, are only asked for: memory that nobody writes to is not taken.
with_room.__code__ = with_room.__code__.replace(co_stacksize=70_000)
