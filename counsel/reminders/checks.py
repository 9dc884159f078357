"""What must hold of the settings, or reminders would be lost, doubled or tell too much."""

from __future__ import annotations

from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

from counsel.reminders import mailbox
from counsel.reminders.dispatch import RUN_SECONDS
from counsel.reminders.timing import LEASE
from counsel.reminders.words import assert_neutral

TICK = "counsel.reminders.tasks.tick"
PLAN = "counsel.reminders.tasks.plan"
LONGEST_TICK = 300


@register(Tags.compatibility)
def check_limits(**kwargs: Any) -> list[CheckMessage]:
    """A worker must be stopped before its lease runs out and another takes over."""
    soft, hard = settings.CELERY_TASK_SOFT_TIME_LIMIT, settings.CELERY_TASK_TIME_LIMIT
    messages: list[CheckMessage] = []
    if not RUN_SECONDS < soft < hard < LEASE.total_seconds():
        messages.append(
            Error(
                f"Celery's time limits must rise from {RUN_SECONDS} s to the reminders' lease of "
                f"{LEASE.total_seconds():.0f} s: run < soft limit < limit < lease.",
                id="reminders.E001",
            )
        )
    if not settings.EMAIL_TIMEOUT or settings.EMAIL_TIMEOUT > RUN_SECONDS:
        messages.append(
            Error(f"EMAIL_TIMEOUT must be set, and at most {RUN_SECONDS} s.", id="reminders.E002")
        )
    return messages


@register(Tags.compatibility)
def check_tick(**kwargs: Any) -> list[CheckMessage]:
    """Both are intervals in UTC: a wall-clock schedule skips or doubles at clock changes."""
    return [
        Error(
            f"Beat must run {task} once per interval in seconds, at least every five minutes, "
            "each expiring before the next.",
            id="reminders.E003",
        )
        for task in (TICK, PLAN)
        if not _comes_in_time(task)
    ]


def _comes_in_time(task: str) -> bool:
    schedule: dict[str, dict[str, Any]] = settings.CELERY_BEAT_SCHEDULE
    jobs = [job for job in schedule.values() if job["task"] == task]
    if len(jobs) != 1 or not isinstance(every := jobs[0]["schedule"], int | float):
        return False
    return bool(0 < jobs[0].get("options", {}).get("expires", 0) <= every <= LONGEST_TICK)


@register(Tags.security, deploy=True)
def check_mailbox(**kwargs: Any) -> list[CheckMessage]:
    if not mailbox.in_use():
        return []
    return [
        Warning(
            "Mails are kept in files and reach nobody.",
            hint="Set COUNSEL_MAIL_URL to your mail server.",
            id="reminders.W001",
        )
    ]


@register(Tags.security, deploy=True)
def check_words(**kwargs: Any) -> list[CheckMessage]:
    """Sender and links are in every mail."""
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    host = urlsplit(settings.BASE_URL).hostname or ""
    return [
        Warning(
            f"{setting} tells what the mails are about: {', '.join(found)}.",
            hint="Choose a name that says nothing of counselling.",
            id="reminders.W002",
        )
        for setting, text in (
            ("COUNSEL_MAIL_FROM", f"{name} {address}"),
            ("COUNSEL_BASE_URL", host),
        )
        if (found := assert_neutral(text))
    ]
