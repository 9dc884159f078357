"""The mails about a flag: to the counsellor at once, and once more after a day; to somebody else
where it stays open.

They ask to look at the desk and say nothing else. None of them goes to the client.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clients.selectors import covering
from counsel.accounts.models import User
from counsel.accounts.practice import practice
from counsel.accounts.selectors import managers_beside, stand_in_of
from counsel.reminders.letters import letter
from counsel.reminders.models import Reminder, State
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
LASTS = timedelta(days=7)
# Each mail to the counsellor, how long after the flag it is due, and how long it may still go out.
MAILS = (("first", timedelta(0), AGAIN), ("again", AGAIN, LASTS))
# The one to whoever looks in the counsellor's place.
ELSEWHERE = "elsewhere"


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
            urgent=True,
        )


def flag_mails_keep(now: datetime) -> None:
    """Plan what should be there and is not: a flag is raised even where its mail fails.

    Whoever looks in a counsellor's place is sought only now, as things stand.
    """
    flags = {
        subject_of(flag): flag
        for flag in RiskFlag.objects.across_caseloads("the sweep that misses no flag")
        .filter(closed_at__isnull=True)
        .select_related("client__counsellor__stand_in__user")
        .defer("done")
    }
    if not flags:
        return
    rows = Reminder.objects.filter(kind=KIND, subject__in=flags)
    there = list(rows.values_list("subject", "person", "occurrence", "state"))
    for subject in flags.keys() - {subject for subject, *_rest in there}:
        flag_mails_plan(flags[subject])
    asked = {(row[0], row[1]) for row in there if row[2] == ELSEWHERE and row[3] != State.CANCELLED}
    _plan_elsewhere(flags, asked, now)


def _plan_elsewhere(
    flags: Mapping[str, RiskFlag], asked: set[tuple[str, str]], now: datetime
) -> None:
    after = timedelta(hours=practice().flag_hours)
    for subject, flag in flags.items():
        for user in {user.pk: user for user in _elsewhere(flag, after, now)}.values():
            person = f"staff:{user.pk}"
            if (subject, person) not in asked:
                reminder_plan(
                    counsellor=flag.client.counsellor,
                    kind=KIND,
                    subject=subject,
                    person=person,
                    occurrence=ELSEWHERE,
                    due_at=now,
                    not_after=now + LASTS,
                    urgent=True,
                )


def _elsewhere(flag: RiskFlag, after: timedelta, now: datetime) -> Iterator[User]:
    """Who has the record lent, at once: the counsellor is away. Whom the counsellor named, after so
    long; who runs the practice then, or after twice that.
    """
    waits, counsellor = now - flag.created_at, flag.client.counsellor
    yield from covering(flag.client, now)
    if waits < after:
        return
    stand_in = stand_in_of(counsellor)
    if stand_in is not None:
        yield stand_in
    if stand_in is None or waits >= 2 * after:
        yield from managers_beside(counsellor)


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
