"""Which messages a change of a consultation brings about, and which it makes void.

Called by `sessions.services` in the same transaction as the change. What each message says,
and whether it is still wanted when its time comes, stands in `sessions.mails.consultations`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from clients.reach import channels_of, person_of
from counsel.accounts.practice import practice
from counsel.reminders.models import Channel, Reminder
from counsel.reminders.services import reminder_plan, reminders_restore, reminders_withdraw
from sessions.kinds import (
    CANCELLED,
    CONFIRMED,
    COUNSELLOR,
    DECLINED,
    MAY_BE_OUT,
    MOVED,
    REQUESTED,
    is_told_firm,
    subject_of,
)
from sessions.models import FIRST_VERSION, Consultation, ConsultationChange, Status
from sessions.news import is_told_at_once
from sessions.reminding import reminders_keep, start_mark

# How long a change may be undone. Nobody is told of it before.
GRACE = timedelta(minutes=3)
# News of what begins within minutes may come a little after its start.
STILL_NEWS = timedelta(hours=1)


def version_mark(consultation: Consultation) -> str:
    """Tells one message about a change from the next."""
    return _mark(consultation.version)


def marked_version(mark: str) -> int:
    """The version a message speaks of."""
    return int(mark.removeprefix("v"))


def _mark(version: int) -> str:
    return f"v{version}"


def told_at(consultation: Consultation, now: datetime) -> datetime:
    """When the news goes out: of a fresh one at once, of a change when it is past undoing."""
    return now if consultation.version == FIRST_VERSION else now + GRACE


def plan_request(consultation: Consultation, now: datetime) -> None:
    tell_of_request(consultation, now)
    plan_news_for_counsellor(consultation, now)


def tell_of_request(consultation: Consultation, now: datetime) -> None:
    """The client alone hears what is asked for, in place of all earlier messages."""
    withdraw(consultation, _("the appointment has changed"))
    _tell_client(consultation, REQUESTED, now)


def plan_move(consultation: Consultation, now: datetime, *, tell: bool = True) -> None:
    """What a new time brings about: a firm one is confirmed anew, a request is still one.

    `tell` as for a confirmation; the news of a request is nobody else's to give.
    """
    if consultation.status == Status.CONFIRMED:
        plan_confirmation(consultation, now, tell=tell)
    else:
        tell_of_request(consultation, now)


def plan_confirmation(consultation: Consultation, now: datetime, *, tell: bool = True) -> None:
    """The confirmation and the reminders, in place of all earlier messages.

    Without `tell` the reminders alone: somebody else says that it is confirmed.
    """
    withdraw(consultation, _("the appointment has changed"))
    if tell:
        _tell_client(consultation, MOVED if _may_know_it(consultation) else CONFIRMED, now)
    plan_reminders([consultation], now)


def plan_reminders(consultations: Sequence[Consultation], now: datetime) -> None:
    """Of firm ones. One that would be due before the confirmation says nothing new."""
    since = {row.pk: told_at(row, now) for row in consultations}
    reminders_keep(consultations, practice(), since, now)


def plan_cancellation(consultation: Consultation, now: datetime, *, tell: bool = True) -> None:
    """Takes every message back; the client hears of it unless somebody else says so."""
    withdraw(consultation, _("the appointment was cancelled"))
    if tell:
        was_declined = consultation.status == Status.DECLINED
        _tell_client(consultation, DECLINED if was_declined else CANCELLED, now)


def plan_news_for_counsellor(
    consultation: Consultation, now: datetime, *, before: datetime | None = None
) -> None:
    """Of what the client did: at once where the counsellor wants that. `before`: moved from."""
    starts = [consultation.starts_at, *([before] if before else [])]
    needs_answer = consultation.status == Status.PENDING
    if not is_told_at_once(consultation.counsellor, starts, now, needs_answer=needs_answer):
        return
    person = f"counsellor:{consultation.counsellor_id}"
    _tell(consultation, COUNSELLOR, person, Channel.EMAIL, now)


def withdraw(consultation: Consultation, reason: str) -> None:
    # Of a fresh one nobody has planned to say anything.
    if consultation.version != FIRST_VERSION:
        reminders_withdraw(subject=subject_of(consultation), reason=reason)


def put_back(
    consultation: Consultation, undone: ConsultationChange, holding: Collection[int]
) -> bool:
    """The messages as they were before the change, now that the consultation is.

    What the change brought about is taken back, and what it took back waits again: messages
    about one of the versions that are `holding` again, and the reminders of its time that are
    still wanted.
    False where a message about the change has gone out, or may have.
    """
    subject = subject_of(consultation)
    reminders_restore(
        subject=subject,
        occurrences=[start_mark(consultation), *(_mark(version) for version in holding)],
        withdrawn_since=undone.at,
        reason=_("the change was undone"),
    )
    if consultation.status == Status.CONFIRMED:
        plan_reminders([consultation], timezone.now())
    told = Reminder.objects.filter(subject=subject, occurrence=_mark(undone.version))
    return not told.filter(state__in=MAY_BE_OUT).exists()


def _may_know_it(consultation: Consultation) -> bool:
    """Whether the client may have heard of it at another time, or as firm before."""
    return consultation.version != FIRST_VERSION and is_told_firm(consultation, MAY_BE_OUT)


def _tell_client(consultation: Consultation, kind: str, now: datetime) -> None:
    client = consultation.client
    for channel in channels_of(client, kind):
        _tell(consultation, kind, person_of(client), channel, now)


def _tell(
    consultation: Consultation, kind: str, person: str, channel: Channel, now: datetime
) -> None:
    if consultation.starts_at <= now:
        return
    due_at = told_at(consultation, now)
    reminder_plan(
        counsellor=consultation.counsellor,
        kind=kind,
        subject=subject_of(consultation),
        person=person,
        channel=channel,
        due_at=due_at,
        not_after=max(consultation.starts_at, due_at + STILL_NEWS),
        occurrence=version_mark(consultation),
    )
