"""How long before a consultation somebody may be reminded of it, in minutes and in words."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

HOUR = 60
DAY = 24 * HOUR
WEEK = 7 * DAY

SHORTEST = 15
LONGEST = 4 * WEEK
MOST = 5

# What a practice or a client may choose from.
OFFSETS = (WEEK, 3 * DAY, 2 * DAY, DAY, 3 * HOUR, 2 * HOUR, HOUR)


def in_order(offsets: Iterable[int]) -> list[int]:
    """Each once, the earliest reminder first."""
    return sorted(set(offsets), reverse=True)


def offsets_cleaned(values: object) -> list[int]:
    """Minutes before the start, each once, the earliest reminder first; an empty list is none.

    Raises ValueError for what is no list of whole minutes between 15 minutes and four weeks, or
    holds more than five.
    """
    if not isinstance(values, (list, tuple, set, frozenset)):
        raise ValueError("Reminders are a list of minutes.")
    if not all(_is_offset(value) for value in values):
        raise ValueError("A reminder goes 15 minutes to four weeks ahead.")
    offsets = in_order(values)
    if len(offsets) > MOST:
        raise ValueError("There are five reminders at most.")
    return offsets


def _is_offset(value: object) -> bool:
    # To Python True is a whole number, too.
    return type(value) is int and SHORTEST <= value <= LONGEST


def before_words(minutes: int) -> str:
    """'1 week before', '36 hours before': in the largest unit that needs no fraction."""
    for size, words in (
        (WEEK, ngettext("%(n)d week before", "%(n)d weeks before", minutes // WEEK)),
        (DAY, ngettext("%(n)d day before", "%(n)d days before", minutes // DAY)),
        (HOUR, ngettext("%(n)d hour before", "%(n)d hours before", minutes // HOUR)),
    ):
        if minutes >= size and minutes % size == 0:
            return words % {"n": minutes // size}
    return ngettext("%(n)d minute before", "%(n)d minutes before", minutes) % {"n": minutes}


def offsets_words(offsets: Iterable[int]) -> str:
    """'1 day before, 2 hours before', or that there is none."""
    return ", ".join(before_words(minutes) for minutes in in_order(offsets)) or _("none")
