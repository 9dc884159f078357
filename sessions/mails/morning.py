"""The message with a counsellor's list of the day. It counts, and names nobody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from counsel.accounts.models import Counsellor
from counsel.accounts.settled import register_follower
from counsel.common.zones import day_bounds
from counsel.reminders.letters import letter
from counsel.reminders.models import Reminder
from counsel.reminders.registry import (
    Message,
    Reach,
    ReminderKind,
    Skip,
    register_kind,
    register_planner,
)
from sessions.morning import KIND, DayList, day_list, morning_list_replan, morning_lists_plan
from sessions.wording import clock_words


def register() -> None:
    label = _("list of the day for the counsellor")
    register_kind(ReminderKind(KIND, label, still_wanted, render, over_at=_day_ends))
    register_planner(morning_lists_plan)
    register_follower(Counsellor, morning_list_replan)


def still_wanted(reminder: Reminder, now: datetime) -> Skip | None:
    counsellor = _counsellor(reminder)
    if counsellor.morning_hour is None:
        return Skip(gettext("the list of the day is switched off"))
    if now >= _day_ends(reminder):
        return Skip(gettext("its day is over"))
    if day_list(counsellor, _day(reminder), now).is_empty:
        return Skip(gettext("nothing is on that day"))
    return None


def render(reminder: Reminder, reach: Reach) -> Message:
    found = day_list(_counsellor(reminder), _day(reminder), timezone.now())
    link = settings.BASE_URL + reverse("admin:index")
    with translation.override(reach.language):
        context = {"list": "\n".join(_lines(found, reach)), "link": link}
    subject, body = letter("morning_list", context, reach.language)
    return Message(subject=subject, body=body, link=link)


def _lines(found: DayList, reach: Reach) -> Iterator[str]:
    if found.first is not None:
        words = ngettext(
            "%(count)d appointment today, at %(time)s.",
            "%(count)d appointments today, the first at %(time)s.",
            found.count,
        )
        yield words % {"count": found.count, "time": clock_words(found.first, reach.zone)}
    else:
        yield gettext("No appointment today.")
    if found.requests:
        words = ngettext(
            "%(count)d request waits for an answer.",
            "%(count)d requests wait for an answer.",
            found.requests,
        )
        yield words % {"count": found.requests}
    if found.changes:
        words = ngettext(
            "%(count)d was booked, moved or cancelled since yesterday morning.",
            "%(count)d were booked, moved or cancelled since yesterday morning.",
            found.changes,
        )
        yield words % {"count": found.changes}


def _day(reminder: Reminder) -> date:
    return date.fromisoformat(reminder.occurrence)


def _day_ends(reminder: Reminder) -> datetime:
    return day_bounds(_day(reminder), _counsellor(reminder).zone)[1]


def _counsellor(reminder: Reminder) -> Counsellor:
    found: Counsellor = Counsellor.objects.get(pk=UUID(reminder.person.partition(":")[2]))
    return found
