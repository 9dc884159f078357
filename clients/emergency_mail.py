"""The mail that asks a counsellor to look: a record of theirs was opened. It does not say so."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clients.models import EmergencyAccess
from counsel.reminders.letters import letter
from counsel.reminders.models import Reminder
from counsel.reminders.registry import Message, Reach, ReminderKind, Skip, register_kind
from counsel.reminders.services import reminder_plan

KIND = "emergency_access"
# They are told even where mail stands still for days.
LASTS = timedelta(days=7)


def register() -> None:
    register_kind(ReminderKind(KIND, _("a record was opened"), still_wanted, render))


def emergency_mail_plan(access: EmergencyAccess) -> None:
    counsellor = access.client.counsellor
    reminder_plan(
        counsellor=counsellor,
        kind=KIND,
        subject=f"emergency:{access.pk}",
        person=f"counsellor:{counsellor.pk}",
        occurrence="first",
        due_at=access.began_at,
        not_after=access.began_at + LASTS,
    )


def still_wanted(reminder: Reminder, now: datetime) -> Skip | None:
    """Also once it is over; and to nobody but the counsellor whose client it was."""
    opened = reminder.subject_in(EmergencyAccess.objects.all()).exists()
    return None if opened else Skip(gettext("there is no such access any more"))


def render(reminder: Reminder, reach: Reach) -> Message:
    context = {"link": settings.BASE_URL + reverse("admin:index")}
    subject, body = letter(KIND, context, reach.language)
    return Message(subject=subject, body=body)
