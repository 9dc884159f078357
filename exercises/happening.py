"""When something happened that is written down only now.

Pure: values in, values out.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext

from counsel.common.zones import first_instant, local_date

# As far back as a moment is still somebody's own memory of it, and as far apart as consultations
# usually are (our own judgement). What is older belongs in the journal's words.
LONGEST_AGO = timedelta(days=31)


class NotThen(ValueError):
    """It cannot have been then; the text says why. `about` is "day" or "time"."""

    def __init__(self, message: str, about: str) -> None:
        super().__init__(message)
        self.message = message
        self.about = about


def moment(
    day: date, at: time, zone: ZoneInfo, *, now: datetime, first_day: date | None
) -> datetime:
    """The instant at which it was `at` on the client's wall, on their local `day`.

    Of an hour that came twice it is the first; of one that the clocks left out, its end: nobody
    who remembers "about half past two" is to think of clock changes. Raises NotThen for what is
    still to come, what is too long ago, and days before `first_day`, the first the assignment
    was there.
    """
    refuse_day(day, zone, now=now, first_day=first_day)
    instant = first_instant(day, at, zone)
    if instant > now:
        raise NotThen(gettext("That is still to come. Choose a time that has been."), "time")
    return instant


def refuse_day(day: date, zone: ZoneInfo, *, now: datetime, first_day: date | None) -> None:
    today = local_date(now, zone)
    if day > today:
        raise NotThen(gettext("That day is still to come. Choose one that has been."), "day")
    if day < today - LONGEST_AGO:
        message = gettext("That is more than a month ago. The journal is a good place for it.")
        raise NotThen(message, "day")
    if first_day is not None and day < first_day:
        message = gettext("You didn't have this yet on that day. Choose a later one.")
        raise NotThen(message, "day")
