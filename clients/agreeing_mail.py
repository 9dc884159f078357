"""The message that says there is a text to read and agree to. It names neither."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from clients.models import Client, ConsentRequest
from clients.services.agreeing import CONSENT_TO_SIGN
from counsel.accounts.practice import practice
from counsel.reminders.greeting import greeted, greeting
from counsel.reminders.letters import letter, short_letter
from counsel.reminders.models import Channel, Reminder
from counsel.reminders.registry import Message, Reach, ReminderKind, Skip, register_kind
from counsel.reminders.timing import QuietHours


def register() -> None:
    register_kind(
        ReminderKind(
            key=CONSENT_TO_SIGN,
            label=_("text to agree to"),
            still_wanted=still_wanted,
            render=render,
            channels=tuple(Channel),
            waits_until=quiet_until,
        )
    )


def still_wanted(reminder: Reminder, now: datetime) -> Skip | None:
    request = _request(reminder)
    if request is None or request.answer:
        return Skip(gettext("it was answered, or is not asked any more"))
    client = request.client
    if client.status == Client.Status.ENDED or client.user is None or not client.user.is_active:
        return Skip(gettext("nobody is there to read it"))
    return None


def quiet_until(reminder: Reminder, now: datetime) -> datetime | None:
    """One that comes late, after an outage, must not come at night. By hand it means now."""
    request = _request(reminder)
    if request is None or reminder.is_by_hand:
        return None
    ours = practice()
    quiet = QuietHours(request.client.zone, ours.quiet_from, ours.quiet_until)
    return quiet.end_after(now) if quiet.covers(now) else None


def render(reminder: Reminder, reach: Reach) -> Message:
    link = settings.BASE_URL + reverse("clients:agreement", args=[reminder.subject_id])
    with override(reach.language):
        context = {"greeting": greeting(reach.name), "link": link}
        subject, body = letter(CONSENT_TO_SIGN, context, reach.language)
        line = short_letter(f"{CONSENT_TO_SIGN}.short", {}, reach.language)
        return Message(subject, body, short=greeted(reach.name, line), link=link)


def _request(reminder: Reminder) -> ConsentRequest | None:
    rows = ConsentRequest.objects.select_related("client__user")
    found: ConsentRequest | None = reminder.subject_in(rows).first()
    return found
