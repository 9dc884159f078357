"""Assignments in words, the same on every page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from django.utils import formats
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext

from exercises.models import Assignment, AssignmentPause, Rhythm
from exercises.models.assignments import RHYTHM_FIELDS

_ANY_MONDAY = date(2024, 1, 1)


class HasRhythm(Protocol):
    """An assignment, or what is typed while one is made, or how it was before."""

    @property
    def rhythm(self) -> str: ...
    @property
    def times_a_week(self) -> int | None: ...
    @property
    def weekdays(self) -> str: ...
    @property
    def every_weeks(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class RhythmFacts:
    rhythm: str
    times_a_week: int | None = None
    weekdays: str = ""
    every_weeks: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How an assignment stands on a day: a shape of `docs/look.md` and a few words."""

    shape: str
    words: str
    # Asks again when somebody takes it up, and may rest.
    rests: bool = False
    may_rest: bool = False
    is_over: bool = False


def rhythm_words(given: HasRhythm) -> str:
    """'every day', '3 days a week', 'Mon, Wed', 'every 2 weeks', 'before each consultation'."""
    if given.rhythm == Rhythm.TIMES_A_WEEK:
        days = given.times_a_week or 0
        return ngettext("%(days)s day a week", "%(days)s days a week", days) % {"days": days}
    if given.rhythm == Rhythm.WEEKDAYS:
        return ", ".join(_weekday(int(digit)) for digit in given.weekdays)
    if given.rhythm == Rhythm.EVERY_WEEKS:
        weeks = given.every_weeks or 0
        return ngettext("every week", "every %(weeks)s weeks", weeks) % {"weeks": weeks}
    return str(Rhythm(given.rhythm).label)


def earlier_words(assignment: Assignment) -> list[tuple[str, date]]:
    """The rhythms before this one, each with the last day on which it held."""
    return [
        (
            rhythm_words(RhythmFacts(**{name: held[name] for name in RHYTHM_FIELDS})),
            date.fromisoformat(held["until"]),
        )
        for held in assignment.earlier
    ]


def dates_words(assignment: Assignment) -> str:
    first = formats.date_format(assignment.starts_on, "j M")
    if assignment.ends_on is None:
        return gettext("from %(first)s") % {"first": first}
    last = formats.date_format(assignment.ends_on, "j M")
    return gettext("%(first)s to %(last)s") % {"first": first, "last": last}


def asked_words(given: HasRhythm, first: date | None, last: date | None) -> str:
    """What a client is asked, as a sentence: 'On Mon, Wed, from 3 March to 30 March.'

    Without a first day it begins on each client's own today.
    """
    rhythm = rhythm_words(given)
    if given.rhythm == Rhythm.TIMES_A_WEEK:
        rhythm = gettext("on %(days)s") % {"days": rhythm}
    elif given.rhythm == Rhythm.WEEKDAYS:
        rhythm = gettext("on %(weekdays)s") % {"weekdays": rhythm}
    elif given.rhythm == Rhythm.EVERY_WEEKS:
        rhythm = gettext("%(rhythm)s, on any one of seven days") % {"rhythm": rhythm}
    elif given.rhythm == Rhythm.BEFORE_MEETING:
        rhythm = gettext("%(rhythm)s, on any of the last days before it") % {"rhythm": rhythm}
    words = {"rhythm": capfirst(rhythm), "first": _day(first), "last": _day(last)}
    if last is None:
        return gettext("%(rhythm)s, from %(first)s on.") % words
    return gettext("%(rhythm)s, from %(first)s to %(last)s.") % words


def standing_of(assignment: Assignment, today: date) -> Standing:
    """`today` is the client's local one. Load `pauses` with it."""
    if assignment.status == Assignment.Status.WITHDRAWN:
        return Standing("off", gettext("withdrawn"), is_over=True)
    if assignment.status == Assignment.Status.WAITING:
        return Standing("wait", gettext("waiting"))
    if assignment.has_ended(today):
        return Standing("done", gettext("ended"), is_over=True)
    pause = assignment.rest(today)
    if pause is not None:
        return Standing("off", _resting_words(pause, today), rests=True)
    if assignment.starts_on > today:
        words = gettext("begins %(day)s") % {"day": _short(assignment.starts_on)}
        return Standing("wait", words, may_rest=True)
    return Standing("on", gettext("running"), may_rest=True)


def pause_words(pause: AssignmentPause) -> str:
    """'3 Mar to 12 Mar', 'from 3 Mar'."""
    first = _short(pause.first_day)
    if pause.last_day is None:
        return gettext("from %(first)s") % {"first": first}
    if pause.last_day == pause.first_day:
        return first
    return gettext("%(first)s to %(last)s") % {"first": first, "last": _short(pause.last_day)}


def _resting_words(pause: AssignmentPause, today: date) -> str:
    words = {"first": _short(pause.first_day), "last": _short(pause.last_day)}
    if pause.first_day > today:
        return gettext("rests from %(first)s") % words
    if pause.last_day is None:
        return gettext("resting")
    return gettext("resting until %(last)s") % words


def _weekday(number: int) -> str:
    return formats.date_format(_ANY_MONDAY + timedelta(days=number), "D")


def _short(day: date | None) -> str:
    return formats.date_format(day, "j M") if day else ""


def _day(day: date | None) -> str:
    return formats.date_format(day, "j F") if day else gettext("today")
