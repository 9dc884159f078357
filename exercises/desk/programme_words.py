"""Programmes in words: when an exercise opens, and how far somebody is."""

from __future__ import annotations

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from exercises.models import Assignment, ProgrammeItem
from exercises.releases import ONE_DAY, Release
from exercises.selectors.programmes import Dated, Step
from exercises.wording import dates_words, rhythm_words, standing_of

DAY = "D j M Y"


def item_words(item: ProgrammeItem) -> str:
    """'3 days after the first, every day, for 14 days'."""
    words = [_release_words(item), rhythm_words(item)]
    if item.lasts_days is not None:
        lasts = ngettext("for %(days)s day", "for %(days)s days", item.lasts_days)
        words.append(lasts % {"days": item.lasts_days})
    return ", ".join(words)


def _release_words(item: ProgrammeItem) -> str:
    days = item.days or 0
    match item.release:
        case Release.AFTER_DAYS:
            words = ngettext("%(days)s day after the first", "%(days)s days after the first", days)
            return words % {"days": days}
        case Release.AFTER_ONE_BEFORE:
            words = ngettext(
                "once the one before was practised on %(days)s day",
                "once the one before was practised on %(days)s days",
                days,
            )
            return words % {"days": days}
        case Release.ON_DATE if item.on_date is not None:
            return _("on %(day)s") % {"day": date_format(item.on_date, DAY)}
        case _other:
            return _("on the first day")


def opens_words(row: Dated) -> str:
    """'Mon 7 Jan 2030, to Sun 13 Jan 2030', 'after “Pause” was practised on 3 days'."""
    if row.opens is None:
        return _after(row.before.title if row.before else "", row.item.days or 0)
    opens = date_format(row.opens, DAY)
    if row.ends is None:
        return _("from %(first)s") % {"first": opens}
    return _("%(first)s to %(last)s") % {"first": opens, "last": date_format(row.ends, DAY)}


def step_words(step: Step, today: date) -> str:
    """When it is open, or what it waits for. `today` is the client's local day."""
    row = step.assignment
    if row.status == Assignment.Status.WAITING:
        return _waiting_words(step, today)
    if row.withdrawn_on is None:
        return dates_words(row)
    if row.withdrawn_on <= row.starts_on:
        return _("it never opened")
    day = date_format(row.withdrawn_on - ONE_DAY, "j M")
    return _("open until %(day)s") % {"day": day}


def _waiting_words(step: Step, today: date) -> str:
    before, needed = step.before, step.assignment.after_days or 0
    words = _after(before.version.title if before else "", needed)
    if before is None or standing_of(before, today).is_over:
        return _("%(words)s; that one is over, so it will not open by itself") % {"words": words}
    so_far = _("%(done)s so far") % {"done": min(step.done_before, needed)}
    return f"{words}; {so_far}"


def _after(title: str, days: int) -> str:
    words = ngettext(
        "after “%(title)s” was practised on %(days)s day",
        "after “%(title)s” was practised on %(days)s days",
        days,
    )
    return words % {"title": title, "days": days}
