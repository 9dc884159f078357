"""What becomes of a consultation: confirmed, declined, moved, cancelled, held or not attended."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Literal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from counsel.common.errors import ConflictError, DomainError
from sessions import planning
from sessions.audience import is_instant
from sessions.models import HOLDING, Consultation, ConsultationChange, Side, Status
from sessions.selectors import open_slot
from sessions.services.talking import talking_points_settle_with
from sessions.services.writing import (
    change,
    overlap_refused,
    overlapping_only_with_reason,
    settled,
    stand_aside,
    take_turn,
    times_from,
)

Action = ConsultationChange.Action


@transaction.atomic
def consultation_confirm(*, consultation: Consultation, words: str = "") -> Consultation:
    """Make a request firm, with `words` to the client where there are any."""
    take_turn(consultation.counsellor_id)
    change(
        consultation,
        action=Action.CONFIRMED,
        by=Side.COUNSELLOR,
        allowed={Status.PENDING},
        status=Status.CONFIRMED,
        words=_kept(words),
    )
    settled(consultation, timezone.now())
    return consultation


@transaction.atomic
def consultation_decline(*, consultation: Consultation, words: str = "") -> Consultation:
    change(
        consultation,
        action=Action.DECLINED,
        by=Side.COUNSELLOR,
        allowed={Status.PENDING},
        status=Status.DECLINED,
        words=_kept(words),
    )
    planning.plan_cancellation(consultation, timezone.now())
    return consultation


@transaction.atomic
def consultation_reschedule(
    *,
    consultation: Consultation,
    starts_at: datetime,
    by: Side = Side.COUNSELLOR,
    overlap_reason: str = "",
) -> Consultation:
    """Move it, its length and buffers kept. All of it happens or nothing.

    A client may until `moves_until`, to an open time, and asks for it anew unless this is
    booked at once. Raises ConflictError when that time is not open (any more), and
    OverlapRefused where staff give no reason for an overlap.
    """
    if starts_at == consultation.starts_at:
        raise DomainError(_("It is at that time already."))
    counsellor = take_turn(consultation.counsellor_id)
    now, before = timezone.now(), consultation.starts_at
    if by == Side.CLIENT:
        consultation.service.counsellor = counsellor
        _move_by_client(consultation, starts_at, now)
    else:
        _move_by_counsellor(consultation, starts_at, overlap_reason)
    planning.plan_move(consultation, now)
    if by == Side.CLIENT:
        planning.plan_news_for_counsellor(consultation, now, before=before)
    return consultation


def _move_by_client(consultation: Consultation, starts_at: datetime, now: datetime) -> None:
    if consultation.counsellor.has_left:
        raise DomainError(_("No other times are offered any more. You can still cancel."))
    if now > consultation.moves_until:
        raise DomainError(_("It is too late to choose another time for this appointment."))
    if open_slot(consultation.service, starts_at, now, without=consultation) is None:
        raise ConflictError(_("That time has just been taken."))
    stays = consultation.status == Status.CONFIRMED and is_instant(
        consultation.service, consultation.client
    )
    with overlap_refused():
        change(
            consultation,
            action=Action.MOVED,
            by=Side.CLIENT,
            allowed=HOLDING,
            status=Status.CONFIRMED if stays else Status.PENDING,
            overlap_reason="",
            **times_from(consultation, starts_at),
        )


def _move_by_counsellor(
    consultation: Consultation, starts_at: datetime, overlap_reason: str
) -> None:
    def write(reason: str) -> None:
        change(
            consultation,
            action=Action.MOVED,
            by=Side.COUNSELLOR,
            allowed=HOLDING,
            overlap_reason=reason,
            **times_from(consultation, starts_at),
        )

    overlapping_only_with_reason(write, overlap_reason)


@transaction.atomic
def consultations_swap(
    *, first: Consultation, second: Consultation, by: Side = Side.COUNSELLOR
) -> None:
    """Let two consultations of one counsellor exchange their beginnings, or neither move.

    Each keeps its own length and buffers. Raises OverlapRefused where one of them would then
    overlap a third, or the two each other.
    """
    if first.counsellor_id != second.counsellor_id or first.pk == second.pk:
        raise DomainError(_("Choose another consultation of the same counsellor."))
    if first.starts_at == second.starts_at:
        raise DomainError(_("Both begin at the same time."))
    take_turn(first.counsellor_id)
    exchange = uuid.uuid4()
    moves = ((second, first.starts_at), (first, second.starts_at))
    with overlap_refused():
        stand_aside(first)
        for consultation, starts_at in moves:
            change(
                consultation,
                action=Action.MOVED,
                by=by,
                allowed=HOLDING,
                exchange=exchange,
                overlap_reason="",
                **times_from(consultation, starts_at),
            )
    now = timezone.now()
    for consultation, _starts_at in moves:
        planning.plan_move(consultation, now)


@transaction.atomic
def consultation_cancel(
    *, consultation: Consultation, by: Side | Literal["client", "counsellor"], words: str = ""
) -> Consultation:
    """Give the time free. A client may until it begins; late ones are marked as such."""
    now = timezone.now()
    if by == Side.COUNSELLOR:
        _cancel_by_counsellor(consultation, words)
    else:
        _cancel_by_client(consultation, now)
    planning.plan_cancellation(consultation, now)
    if by == Side.CLIENT:
        planning.plan_news_for_counsellor(consultation, now)
    return consultation


def _cancel_by_counsellor(consultation: Consultation, words: str) -> None:
    change(
        consultation,
        action=Action.CANCELLED,
        by=Side.COUNSELLOR,
        allowed=HOLDING,
        status=Status.CANCELLED_BY_COUNSELLOR,
        words=_kept(words),
    )


def _cancel_by_client(consultation: Consultation, now: datetime) -> None:
    if consultation.starts_at <= now:
        raise DomainError(_("This appointment has begun. It can't be cancelled any more."))
    change(
        consultation,
        action=Action.CANCELLED,
        by=Side.CLIENT,
        allowed=HOLDING,
        status=status_when_cancelled(consultation, now),
    )


def status_when_cancelled(consultation: Consultation, now: datetime) -> Status:
    """What the client's cancelling makes of it: nothing that was only asked for is late."""
    in_time = now <= consultation.cancels_freely_until
    if in_time or consultation.status == Status.PENDING:
        return Status.CANCELLED_BY_CLIENT
    return Status.CANCELLED_LATE


@transaction.atomic
def consultation_complete(*, consultation: Consultation) -> Consultation:
    """Note that it was held; one that was never confirmed, too."""
    held = _over(consultation, Action.COMPLETED, Status.COMPLETED)
    talking_points_settle_with(consultation, held.at)
    return consultation


@transaction.atomic
def consultation_mark_no_show(*, consultation: Consultation) -> Consultation:
    _over(consultation, Action.NO_SHOW, Status.NO_SHOW)
    return consultation


def _over(
    consultation: Consultation, action: ConsultationChange.Action, status: Status
) -> ConsultationChange:
    if timezone.now() < consultation.starts_at:
        raise DomainError(_("It has not begun yet."))
    row = change(consultation, action=action, by=Side.COUNSELLOR, allowed=HOLDING, status=status)
    planning.withdraw(consultation, _("the appointment is over"))
    return row


def _kept(words: str) -> str | None:
    return words.strip() or None
