"""The mail that asks a counsellor to look at their desk: at once, and once more after a day.

It says nothing else. Nothing goes to anybody but the counsellor, and nothing happens by itself
after the second.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

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
from counsel.reminders.services import reminder_plan, reminders_withdraw
from exercises.models import RiskFlag

KIND = "risk_flag"
AGAIN = timedelta(hours=24)
# Each mail, how long after the flag it is due, and how long it may still go out.
MAILS = (("first", timedelta(0), AGAIN), ("again", AGAIN, timedelta(days=7)))


def register() -> None:
    register_kind(ReminderKind(KIND, _("please look at your desk"), still_wanted, render))
    register_planner(flag_mails_keep)


def subject_of(flag: RiskFlag) -> str:
    return f"flag:{flag.pk}"


def flag_mails_plan(flag: RiskFlag, *, since: datetime | None = None) -> None:
    """To the client's counsellor, from when the flag was raised or they were given it."""
    counsellor = flag.client.counsellor
    for occurrence, after, lasts in MAILS:
        due_at = (since or flag.created_at) + after
        reminder_plan(
            counsellor=counsellor,
            kind=KIND,
            subject=subject_of(flag),
            person=f"counsellor:{counsellor.pk}",
            occurrence=occurrence,
            due_at=due_at,
            not_after=due_at + lasts,
        )


def flag_mails_keep(now: datetime) -> None:
    """Plan what should be there and is not: a flag is raised even where its mail fails."""
    flags = {
        subject_of(flag): flag
        for flag in RiskFlag.objects.across_caseloads("the sweep that misses no flag")
        .filter(closed_at__isnull=True)
        .select_related("client__counsellor")
        .defer("done")
    }
    if flags:
        there = Reminder.objects.filter(kind=KIND, subject__in=flags)
        for subject in flags.keys() - set(there.values_list("subject", flat=True)):
            flag_mails_plan(flags[subject])


def flag_mails_withdraw(flag: RiskFlag, reason: str = "") -> None:
    reminders_withdraw(subject=subject_of(flag), reason=reason or gettext("it was looked at"))


def still_wanted(reminder: Reminder, now: datetime) -> Skip | None:
    if _flag(reminder).closed_at is None:
        return None
    return Skip(gettext("it was looked at"))


def render(reminder: Reminder, reach: Reach) -> Message:
    context = {"link": settings.BASE_URL + reverse("admin:index")}
    subject, body = letter("risk_flag", context, reach.language)
    return Message(subject=subject, body=body)


def _flag(reminder: Reminder) -> RiskFlag:
    rows = RiskFlag.objects.defer("done")
    found: RiskFlag = reminder.subject_in(rows).get()
    return found
