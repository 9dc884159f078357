"""Which numbers about people may be told, so that no few of them can be singled out.

Pure: how many clients each group has goes in, which groups may be told comes out. Groups share
no client, and a total is over all of them. A number is told about five clients or more, and one
about fewer can neither be read nor be worked out by taking what is told from the total: what is
left over is again about five or more, or about nobody.

A reader who is a counsellor too knows their own clients' numbers whatever a page says. These
groups are `known`: they hide nobody else.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TypeVar

FEWEST = 5

Group = TypeVar("Group")


def tells_total(sizes: Mapping[Group, int], known: Collection[Group] = ()) -> bool:
    """Whether the number over all groups may be told."""
    return sum(sizes.values()) >= FEWEST and _hides(_left_over(sizes, known))


def told_apart(sizes: Mapping[Group, int], known: Collection[Group] = ()) -> frozenset[Group]:
    """The groups whose own number may be told beside the total (where that is told)."""
    told = {group for group, size in sizes.items() if size >= FEWEST}
    if not tells_total(sizes, known) or _hides(_left_over(sizes, told | set(known))):
        return frozenset(told)
    # Since the total is told, the others are five or more: one of those told is among them.
    # The smallest costs least; by its place where two are of one size.
    smallest = min((g for g in sizes if g in told and g not in known), key=lambda g: sizes[g])
    return frozenset(told - {smallest})


def _left_over(sizes: Mapping[Group, int], known: Collection[Group]) -> int:
    return sum(size for group, size in sizes.items() if group not in known)


def _hides(size: int) -> bool:
    return size == 0 or size >= FEWEST
