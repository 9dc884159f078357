"""The homework message of a day, as the ledger sends it. It names no exercise and nobody."""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from clients.replanning import register_replanner
from counsel.common.zones import local_date
from counsel.reminders.greeting import greeted, greeting
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
from exercises.digest import KIND, Part, form_of, letter_of, read
from exercises.planning import practice_plan, practice_replan
from exercises.selectors.digests import REMINDED, people
from exercises.telling import rests_on

PARTS = {
    Part.PRACTICE.value: _("practice"),
    Part.MEASURE.value: _("measure due"),
    Part.NEWS.value: _("something new"),
    Part.REPLY.value: _("reply received"),
    Part.GENTLY.value: _("less often by now"),
    Part.LAST.value: _("the last one, for now"),
}


def register() -> None:
    register_kind(
        ReminderKind(
            key=KIND,
            label=_("practice reminder"),
            still_wanted=still_wanted,
            render=render,
            channels=("email", "push"),
            parts=PARTS,
            homework=True,
            tells_what_clients_do=True,
        )
    )
    register_planner(practice_plan)
    register_replanner(practice_replan)


def still_wanted(reminder: Reminder, now: datetime) -> Skip | None:
    client = _clients(reminder).first()
    if client is None:
        return Skip(gettext("nobody can sign in to practise"))
    day = local_date(now, client.zone)
    if client.reminder_hour is None or client.status not in REMINDED:
        return Skip(gettext("reminders are switched off"))
    if rests_on(day, client):
        return Skip(gettext("reminders rest for a while"))
    if day != date.fromisoformat(reminder.occurrence):
        return Skip(gettext("its day is over"))
    planned = read(reminder.about)
    for person in people(now, client):
        is_open = person.parts_on(day, reply=bool(person.unread))
        if is_open & planned if planned else is_open:
            return None
    return Skip(gettext("nothing is open for today"))


def render(reminder: Reminder, reach: Reach) -> Message:
    """Of what it was planned for: whatever changes that plans it anew."""
    form = form_of(read(reminder.about) or {Part.PRACTICE})
    link = settings.BASE_URL + reverse("clients:home")
    with override(reach.language):
        context = {
            "greeting": greeting(reach.name),
            "link": link,
            "settings_link": settings.BASE_URL + reverse("clients:messages"),
        }
        subject, body = letter(letter_of(form), context, reach.language)
        return Message(subject, body, short=greeted(reach.name, subject), link=link)


def _clients(reminder: Reminder) -> QuerySet[Client]:
    return reminder.subject_in(Client.objects.filter(user__is_active=True))
