"""The two mails to a partner, as the ledger sends them. They name nobody and nothing."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from counsel.common.zones import local_date
from counsel.reminders.letters import letter
from counsel.reminders.models import Reminder
from counsel.reminders.registry import (
    Message,
    Reach,
    ReminderKind,
    Role,
    Skip,
    register_kind,
    register_role,
)
from exercises.models import Partner
from exercises.models.partners import PartnerQuerySet
from exercises.partner_tokens import partner_token
from exercises.selectors.partners import invitation_is_open, is_under_way
from exercises.services.partners import PARTNER_INVITATION
from exercises.services.small_shares import SMALL_SHARE_WAITING


def register() -> None:
    register_role("partner", Role(_reach))
    for key, label, still_wanted, render in (
        (PARTNER_INVITATION, _("partner's invitation"), _invitation_wanted, _invitation),
        (SMALL_SHARE_WAITING, _("note to a partner"), _share_wanted, _share),
    ):
        register_kind(
            ReminderKind(
                key=key,
                label=label,
                still_wanted=still_wanted,
                render=render,
                unseen_by_counsellors=True,
            )
        )


def _reach(reminder: Reminder) -> Reach | Skip:
    """The address the partner signs in with; before they do, the one they were invited by."""
    tie = reminder.person_in(_ties()).get()
    if tie.user is None:
        return Reach(tie.email, tie.client.language, tie.client.zone)
    return Reach(tie.user.email, tie.user.language, tie.user.zone)


def _invitation_wanted(reminder: Reminder, now: datetime) -> Skip | None:
    tie = reminder.subject_in(_ties()).first()
    if tie is None or not invitation_is_open(tie, now):
        return Skip(gettext("used, withdrawn or expired"))
    return None


def _invitation(reminder: Reminder, reach: Reach) -> Message:
    tie = reminder.subject_in(_ties()).get()
    link = reverse("exercises:with_invitation", args=[partner_token(tie)])
    with translation.override(reach.language):
        until = date_format(local_date(tie.expires_at, tie.client.zone), "j F")
    context = {"link": settings.BASE_URL + link, "until": until}
    subject, body = letter("partner_invitation", context, reach.language)
    return Message(subject=subject, body=body)


def _share_wanted(reminder: Reminder, now: datetime) -> Skip | None:
    tie = reminder.subject_in(_ties()).first()
    if tie is None or tie.user is None or not (tie.user.is_active and is_under_way(tie.client)):
        return Skip(gettext("nobody is there to read it"))
    if not tie.shares.to_be_read().filter(seen_at__isnull=True).exists():
        return Skip(gettext("nothing is waiting"))
    return None


def _share(reminder: Reminder, reach: Reach) -> Message:
    context = {"link": settings.BASE_URL + reverse("exercises:with")}
    subject, body = letter("small_share_waiting", context, reach.language)
    return Message(subject=subject, body=body)


def _ties() -> PartnerQuerySet:
    ties: PartnerQuerySet = Partner.objects.select_related("client__user", "user")
    return ties
