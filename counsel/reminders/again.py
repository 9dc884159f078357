"""Sending a message once more because somebody at the desk asks for it."""

from __future__ import annotations

import copy
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Max, Q, QuerySet
from django.utils.translation import gettext as _

from counsel.accounts.models import User
from counsel.common.errors import ConflictError, DomainError
from counsel.common.inserting import insert_if_new
from counsel.reminders.models import Reminder, State
from counsel.reminders.registry import Skip, get_kind
from counsel.reminders.writing import write

# Nobody gets the same words twice in a breath because a button was pressed twice.
PAUSE = timedelta(minutes=5)
# How long it may take, quiet hours and a mended mail server included, where what it is about is
# not past before.
LASTS = timedelta(hours=24)
# What makes two rows the same message to the same person.
_SAME = ("subject", "occurrence", "kind", "offset_minutes", "person", "channel")
_OPEN = (State.QUEUED, State.CLAIMED)


@transaction.atomic
def reminder_resend(*, reminder: Reminder, by: User, now: datetime) -> Reminder:
    """Have it go out at the next tick; returns the row that does.

    One that failed, or may have been sent, is tried again as it is: with the same Message-ID, so
    that two copies show as one to most readers, and as often as a new one. What may have been
    sent stays marked so until it is known to be. Of one that was sent a second copy is made,
    a row, and so a Message-ID, of its own. Either is asked once more whether it is still wanted
    when it goes.
    Raises DomainError saying why it cannot.
    """
    if why := why_not_again(reminder, now):
        raise DomainError(why)
    not_after = min(now + LASTS, _over_at(reminder))
    if reminder.state == State.SENT:
        return _copied(reminder, by, now, not_after)
    return _reopened(reminder, by, now, not_after)


def why_not_again(reminder: Reminder, now: datetime) -> str:
    """Why it cannot be sent again by hand at the moment; empty where it can."""
    return _wrong_state(reminder) or _too_soon(reminder, now) or _of_no_use(reminder, now)


def _wrong_state(reminder: Reminder) -> str:
    if reminder.state in _OPEN:
        return _("It has not gone out yet.")
    if reminder.state == State.SKIPPED:
        return _("It was not sent on purpose.")
    if reminder.state == State.CANCELLED:
        return _("It was withdrawn: what it says is not so any more.")
    if reminder.finished_at is None:
        return _("It is sent once more by itself.")
    return ""


def _too_soon(reminder: Reminder, now: datetime) -> str:
    copies = _same(reminder)
    if copies.filter(state__in=_OPEN).exists():
        return _("A copy of it is waiting already.")
    lately = Q(asked_again_at__gt=now - PAUSE) | Q(state=State.SENT, finished_at__gt=now - PAUSE)
    if copies.filter(lately).exists():
        return _("It was sent, or asked for, a moment ago. Wait five minutes.")
    return ""


def _of_no_use(reminder: Reminder, now: datetime) -> str:
    try:
        if get_kind(reminder.kind).tells_what_clients_do:
            # The answer would tell whether they have done it meanwhile.
            return _("Whether it is still needed is the client's alone to know.")
        written = write(by_hand(reminder), now)
        over_at = _over_at(reminder)
    except Exception:
        return _("It cannot be written any more.")
    if isinstance(written, Skip):
        return _("It is not wanted any more: %(why)s.") % {"why": written.reason}
    return _("What it is about is over.") if over_at <= now else ""


def by_hand(reminder: Reminder) -> Reminder:
    """The row as it is once somebody has asked for it: some kinds then ask less."""
    asked = copy.copy(reminder)
    asked.asked_again += 1
    return asked


def _over_at(reminder: Reminder) -> datetime:
    over_at = get_kind(reminder.kind).over_at
    return over_at(reminder) if over_at else reminder.not_after


def _copied(sent: Reminder, by: User, now: datetime, not_after: datetime) -> Reminder:
    last = _same(sent).aggregate(last=Max("copy"))["last"]
    second = Reminder(
        **{name: getattr(sent, name) for name in _SAME},
        counsellor_id=sent.counsellor_id,
        copy=last + 1,
        due_at=now,
        try_at=now,
        not_after=not_after,
        asked_again_at=now,
        asked_again_by=by,
    )
    if not insert_if_new(second):
        raise _meanwhile()
    _note(sent, by, now)
    return second


def _reopened(reminder: Reminder, by: User, now: datetime, not_after: datetime) -> Reminder:
    """As if it had never been tried, except that what may have gone out is not forgotten:
    `handed_over_at` stays, and the next handing over counts as the one that is allowed.
    """
    _note(
        reminder,
        by,
        now,
        state=State.UNCERTAIN if reminder.state == State.UNCERTAIN else State.QUEUED,
        reason=_("asked for again"),
        not_after=max(reminder.not_after, not_after),
        try_at=now,
        attempts=0,
        resent_at=None,
        finished_at=None,
    )
    reminder.refresh_from_db()
    return reminder


def _note(reminder: Reminder, by: User, now: datetime, **values: object) -> None:
    """Nobody else may have asked for it since it was looked at."""
    seen = ("state", "finished_at", "asked_again")
    rows = Reminder.objects.these(reminder)
    found = rows.filter(**{name: getattr(reminder, name) for name in seen})
    asked = {"asked_again": F("asked_again") + 1, "asked_again_at": now, "asked_again_by": by}
    if not found.update(**asked, **values):
        raise _meanwhile()


def _meanwhile() -> ConflictError:
    return ConflictError(_("This message has changed in the meantime."))


def _same(reminder: Reminder) -> QuerySet[Reminder]:
    rows: QuerySet[Reminder] = Reminder.objects.filter(
        **{name: getattr(reminder, name) for name in _SAME}
    )
    return rows
