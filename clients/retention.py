"""How long a record is kept that somebody asked to have erased. Days in, days out."""

from __future__ import annotations

from datetime import date


def erased_on(last_day: date, years: int) -> date:
    """The first day on which a record whose last consultation was on `last_day` is not kept.

    The same day of the month, `years` later: until then as many whole years have not passed. What
    ended on 29 February is kept through that day of the year, be it a leap year or not.
    """
    year = last_day.year + years
    try:
        return last_day.replace(year=year)
    except ValueError:
        return date(year, 3, 1)
