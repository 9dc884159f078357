"""The mails of the waiting list, and what time brings about in it."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.urls import reverse
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
from sessions.mails.holds import letter_about, still_kept
from sessions.models import Hold, WaitingEntry
from sessions.services.offering import WAITING_OFFER, offers_make
from sessions.services.waiting import (
    ON_THE_LIST,
    WAITING_LINK,
    waiting_forget,
)
from sessions.tokens.waiting import offer_token, waiting_token


def register() -> None:
    register_kind(ReminderKind(WAITING_LINK, _("link to the waiting list"), _link_wanted, _link))
    register_kind(ReminderKind(WAITING_OFFER, _("waiting-list offer"), still_kept, _offer))
    register_planner(bring_about)
    register_role("waiting", Role(_reach))


def bring_about(now: datetime) -> None:
    waiting_forget(now)
    offers_make(now)


def _reach(reminder: Reminder) -> Reach:
    entry = reminder.person_in(WaitingEntry.objects.all()).get()
    return Reach(entry.email, entry.language, get_zone(entry.time_zone))


def _link_wanted(reminder: Reminder, now: datetime) -> Skip | None:
    entry = reminder.subject_in(WaitingEntry.objects.filter(state__in=ON_THE_LIST)).first()
    return None if entry else Skip(gettext("not on the list any more"))


def _link(reminder: Reminder, reach: Reach) -> Message:
    entry = reminder.subject_in(WaitingEntry.objects.all()).get()
    link = settings.BASE_URL + reverse("booking:waiting", args=[waiting_token(entry)])
    subject, body = letter("waiting_link", {"link": link}, reach.language)
    return Message(subject=subject, body=body)


def _offer(reminder: Reminder, reach: Reach) -> Message:
    offer = reminder.subject_in(Hold.objects.all()).get()
    page = reverse("booking:offer", args=[offer_token(offer)])
    return letter_about(offer, "waiting_offer", page, reach.language)
