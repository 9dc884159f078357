"""The practice reminder, as the ledger sends it. It names no exercise and nobody."""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from counsel.common.zones import local_date
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
from exercises.planning import KIND, REMINDED, practice_plan
from exercises.selectors.today import todays_practice
from exercises.telling import has_news


def register() -> None:
    register_kind(
        ReminderKind(
            key=KIND,
            label=_("practice reminder"),
            still_wanted=still_wanted,
            render=render,
            homework=True,
            tells_what_clients_do=True,
        )
    )
    register_planner(practice_plan)


def still_wanted(reminder: Reminder, now: datetime) -> Skip | None:
    client = _clients(reminder).first()
    if client is None:
        return Skip(gettext("nobody can sign in to practise"))
    day = local_date(now, client.zone)
    if client.reminder_hour is None or client.status not in REMINDED:
        return Skip(gettext("reminders are switched off"))
    if day != date.fromisoformat(reminder.occurrence):
        return Skip(gettext("its day is over"))
    if any(row.wanted and row.assignment.reminders for row in todays_practice(client, day)):
        return None
    return None if has_news(client, day) else Skip(gettext("nothing is open for today"))


def render(reminder: Reminder, reach: Reach) -> Message:
    client = _clients(reminder).get()
    context = {
        "is_news": has_news(client, date.fromisoformat(reminder.occurrence)),
        "link": settings.BASE_URL + reverse("clients:home"),
        "settings_link": settings.BASE_URL + reverse("clients:settings"),
    }
    subject, body = letter("practice_today", context, reach.language)
    return Message(subject=subject, body=body)


def _clients(reminder: Reminder) -> QuerySet[Client]:
    return Client.objects.filter(pk=reminder.subject_id, user__is_active=True)
