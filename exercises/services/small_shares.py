"""One small feeling for a partner: sent, opened, taken back."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from counsel.common.errors import ConflictError, DomainError
from counsel.reminders.models import Reminder, State
from counsel.reminders.services import reminder_plan
from exercises.models import Entry, Partner, SmallShare
from exercises.services.partners import held, refuse_resting, subject_of
from exercises.services.words import words_of
from sessions.planning import GRACE

SMALL_SHARE_WAITING = "small_share_waiting"
LONGEST = 500
# Two clicks on one button send one.
SAME_AGAIN = timedelta(minutes=10)
BETWEEN_MAILS = timedelta(days=1)
MAIL_LASTS = timedelta(days=2)


@transaction.atomic
def small_share_send(*, partner: Partner, text: str, entry: Entry | None = None) -> SmallShare:
    """Put it on the partner's page, and have a mail say that something is there.

    `text` is 1 to 500 characters. Raises DomainError for words that cannot be sent,
    ConflictError where nobody is there to read them.
    """
    words = words_of("text", text)
    if not words:
        raise DomainError(_("Please write what you would like to send."), field="text")
    if len(words) > LONGEST:
        over = len(words) - LONGEST
        too_long = ngettext(
            "That is %(over)s character more than fits. Small is enough.",
            "That is %(over)s characters more than fit. Small is enough.",
            over,
        )
        raise DomainError(too_long % {"over": over}, field="text")
    tie = held(partner)
    if tie.ended_at is not None or tie.accepted_at is None:
        raise ConflictError(_("It was not sent: nobody is there to read it."))
    refuse_resting(tie.client)
    now = timezone.now()
    last = tie.shares.first()
    if last is not None and _is_the_same(last, words, now):
        return last
    share = SmallShare(partner=tie, entry=entry, text=words, created_at=now)
    share.full_clean(exclude=["partner", "entry"])
    share.save(force_insert=True)
    _plan_mail(tie, now)
    return share


@transaction.atomic
def small_share_open(*, share: SmallShare) -> SmallShare:
    """What the partner reads, marked as read. Raises ConflictError once it was taken back."""
    tie = held(share.partner)
    row: SmallShare | None = tie.shares.to_be_read().filter(pk=share.pk).first()
    if row is None:
        raise ConflictError(_("It is not there any more."))
    if row.seen_at is None:
        row.seen_at = timezone.now()
        row.save(update_fields=["seen_at"])
    return row


@transaction.atomic
def small_share_take_back(*, share: SmallShare) -> SmallShare:
    """Gone from the partner's page at once. `seen_at` says whether they had read it."""
    held(share.partner)
    share.refresh_from_db()
    if share.taken_back_at is None:
        share.taken_back_at = timezone.now()
        share.save(update_fields=["taken_back_at"])
    return share


def _is_the_same(last: SmallShare, words: str, now: datetime) -> bool:
    is_new = last.taken_back_at is None and last.created_at > now - SAME_AGAIN
    return is_new and last.text == words


def _plan_mail(tie: Partner, now: datetime) -> None:
    """One for all that waits, and never two within a day."""
    mails = Reminder.objects.filter(subject=subject_of(tie), kind=SMALL_SHARE_WAITING)
    if mails.filter(state__in=[State.QUEUED, State.CLAIMED]).exists():
        return
    before = mails.filter(handed_over_at__isnull=False).order_by("-handed_over_at").first()
    due_at = now + GRACE
    if before is not None and before.handed_over_at is not None:
        due_at = max(due_at, before.handed_over_at + BETWEEN_MAILS)
    reminder_plan(
        counsellor=tie.client.counsellor,
        kind=SMALL_SHARE_WAITING,
        subject=subject_of(tie),
        person=subject_of(tie),
        occurrence=f"{due_at:%Y%m%dT%H%M%S}",
        due_at=due_at,
        not_after=due_at + MAIL_LASTS,
    )
