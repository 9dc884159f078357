"""The mails of the waiting list, and what time brings about in it."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from counsel.reminders.letters import letter
from counsel.reminders.models import Reminder
from counsel.reminders.registry import Message, ReminderKind, Skip, register_kind, register_planner
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


def bring_about(now: datetime) -> None:
    waiting_forget(now)
    offers_make(now)


def _link_wanted(reminder: Reminder, now: datetime) -> Skip | None:
    entry = WaitingEntry.objects.filter(pk=reminder.subject_id, state__in=ON_THE_LIST).first()
    return None if entry else Skip(gettext("not on the list any more"))


def _link(reminder: Reminder) -> Message:
    entry = WaitingEntry.objects.get(pk=reminder.subject_id)
    link = settings.BASE_URL + reverse("booking:waiting", args=[waiting_token(entry)])
    subject, body = letter("waiting_link", {"link": link}, entry.language)
    return Message(to=entry.email, subject=subject, body=body)


def _offer(reminder: Reminder) -> Message:
    offer = Hold.objects.get(pk=reminder.subject_id)
    return letter_about(offer, "waiting_offer", reverse("booking:offer", args=[offer_token(offer)]))
