"""The invitation, as the ledger sends it."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clients.models import Invitation
from clients.selectors import invitation_is_open
from clients.tokens import invitation_token
from counsel.common.zones import local_date
from counsel.reminders.letters import letter
from counsel.reminders.models import Reminder
from counsel.reminders.registry import Message, Reach, ReminderKind, Skip, register_kind


def register() -> None:
    register_kind(
        ReminderKind(
            key="invitation", label=_("invitation"), still_wanted=still_wanted, render=render
        )
    )


def still_wanted(reminder: Reminder, now: datetime) -> Skip | None:
    invitation = _invitation(reminder)
    if invitation is None or not invitation_is_open(invitation, now):
        return Skip(gettext("used, replaced or expired"))
    return None


def render(reminder: Reminder, reach: Reach) -> Message:
    invitation = _invitation(reminder)
    if invitation is None:
        raise Invitation.DoesNotExist
    client = invitation.client
    link = reverse("clients:invitation", args=[invitation_token(invitation)])
    with translation.override(reach.language):
        until = date_format(local_date(invitation.expires_at, client.zone), "j F")
    context = {"link": settings.BASE_URL + link, "until": until}
    subject, body = letter("invitation", context, reach.language)
    return Message(subject=subject, body=body)


def _invitation(reminder: Reminder) -> Invitation | None:
    rows = Invitation.objects.select_related("client")
    return reminder.subject_in(rows).first()
