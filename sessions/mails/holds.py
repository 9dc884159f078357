"""The mail that asks somebody to confirm their address, and the end of times kept in vain."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from counsel.common.zones import get_zone
from counsel.reminders.letters import letter
from counsel.reminders.models import Reminder
from counsel.reminders.registry import (
    Message,
    Reach,
    ReminderKind,
    Role,
    Skip,
    register_kind,
    register_planner,
    register_role,
)
from sessions.models import Hold
from sessions.services.holds import BOOKING_CONFIRM, holds_expire, holds_forget, is_kept
from sessions.tokens.holds import hold_token
from sessions.wording import when_words, zone_and_offset


def register() -> None:
    label = _("address to be confirmed")
    register_kind(ReminderKind(BOOKING_CONFIRM, label, still_kept, _render))
    register_planner(sweep)
    register_role("hold", Role(_reach))


def sweep(now: datetime) -> None:
    holds_expire(now)
    holds_forget(now)


def _reach(reminder: Reminder) -> Reach:
    hold = reminder.person_in(Hold.objects.all()).get()
    return Reach(hold.email, hold.language, get_zone(hold.time_zone))


def still_kept(reminder: Reminder, now: datetime) -> Skip | None:
    hold = reminder.subject_in(Hold.objects.all()).first()
    if hold is not None and is_kept(hold, now):
        return None
    return Skip(gettext("the time is not kept any more"))


def _render(reminder: Reminder, reach: Reach) -> Message:
    hold = reminder.subject_in(Hold.objects.all()).get()
    page = reverse("booking:hold", args=[hold_token(hold)])
    return letter_about(hold, "booking_confirm", page, reach.language)


def letter_about(hold: Hold, template: str, page: str, language: str) -> Message:
    """Says which time is kept and until when; the link leads to `page`."""
    zone = get_zone(hold.time_zone)
    with translation.override(language):
        context = {
            "when": when_words(hold.starts_at, zone),
            "zone": zone_and_offset(zone, hold.starts_at),
            "until": when_words(hold.expires_at, zone),
            "link": settings.BASE_URL + page,
        }
    subject, body = letter(template, context, language)
    return Message(subject=subject, body=body)
