"""What somebody who begins with Counsel sets up, and which of it comes next."""

from __future__ import annotations

from collections.abc import Set
from enum import StrEnum


class Step(StrEnum):
    """In the order in which each makes the next one useful."""

    SECOND_FACTOR = "second_factor"
    SERVICES = "services"
    HOURS = "hours"
    PAGE = "page"
    CLIENT = "client"
    ASSIGNMENT = "assignment"


def next_step(done: Set[Step]) -> Step | None:
    """The first that is not done; None once all are."""
    return next((step for step in Step if step not in done), None)


def are_over(done: Set[Step], *, has_held: bool) -> bool:
    """Who has done all of it, or has held a consultation, needs no list to begin."""
    return has_held or next_step(done) is None
