"""Assignments in words, the same on every page."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils import formats
from django.utils.translation import gettext, ngettext

from exercises.models import Assignment, Rhythm

_ANY_MONDAY = date(2024, 1, 1)


def rhythm_words(assignment: Assignment) -> str:
    """'every day', '3 days a week', 'Mon, Wed'."""
    if assignment.rhythm == Rhythm.TIMES_A_WEEK:
        days = assignment.times_a_week or 0
        return ngettext("%(days)s day a week", "%(days)s days a week", days) % {"days": days}
    if assignment.rhythm == Rhythm.WEEKDAYS:
        return ", ".join(_weekday(int(digit)) for digit in assignment.weekdays)
    return str(assignment.get_rhythm_display())


def dates_words(assignment: Assignment) -> str:
    first = formats.date_format(assignment.starts_on, "j M")
    if assignment.ends_on is None:
        return gettext("from %(first)s") % {"first": first}
    last = formats.date_format(assignment.ends_on, "j M")
    return gettext("%(first)s to %(last)s") % {"first": first, "last": last}


def _weekday(number: int) -> str:
    return formats.date_format(_ANY_MONDAY + timedelta(days=number), "D")
