"""What becomes of a consultation: confirmed, declined, moved, cancelled, held or not attended."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from counsel.common.errors import DomainError
from sessions import planning
from sessions.models import HOLDING, Consultation, Status
from sessions.services.writing import change, overlapping_only_with_reason, settled, take_turn


@transaction.atomic
def consultation_confirm(*, consultation: Consultation) -> Consultation:
    change(consultation, allowed={Status.PENDING}, status=Status.CONFIRMED)
    settled(consultation, timezone.now())
    return consultation


@transaction.atomic
def consultation_decline(*, consultation: Consultation) -> Consultation:
    change(consultation, allowed={Status.PENDING}, status=Status.DECLINED)
    planning.plan_cancellation(consultation, timezone.now())
    return consultation


@transaction.atomic
def consultation_reschedule(
    *, consultation: Consultation, starts_at: datetime, overlap_reason: str = ""
) -> Consultation:
    """Move it, its length and buffers kept. All of it happens or nothing."""
    if starts_at == consultation.starts_at:
        raise DomainError(_("It is at that time already."))
    take_turn(consultation.counsellor_id)
    moved = starts_at - consultation.starts_at
    times = {
        field: getattr(consultation, field) + moved
        for field in ("starts_at", "ends_at", "held_from", "held_until")
    }

    def write(reason: str) -> None:
        change(consultation, allowed=HOLDING, overlap_reason=reason, **times)

    overlapping_only_with_reason(write, overlap_reason)
    now = timezone.now()
    if consultation.status == Status.CONFIRMED:
        planning.plan_confirmation(consultation, now)
    else:
        planning.withdraw(consultation, _("the appointment has changed"))
        planning.plan_request(consultation, now)
    return consultation


@transaction.atomic
def consultation_cancel(
    *, consultation: Consultation, by: Literal["client", "counsellor"]
) -> Consultation:
    """Give the time free. A client may until it begins; late ones are marked as such."""
    now = timezone.now()
    if by == "counsellor":
        change(consultation, allowed=HOLDING, status=Status.CANCELLED_BY_COUNSELLOR)
    else:
        if consultation.starts_at <= now:
            raise DomainError(_("This appointment has begun. It can't be cancelled any more."))
        change(consultation, allowed=HOLDING, status=status_when_cancelled(consultation, now))
    planning.plan_cancellation(consultation, now)
    if by == "client":
        planning.plan_news_for_counsellor(consultation, now)
    return consultation


def status_when_cancelled(consultation: Consultation, now: datetime) -> Status:
    """What the client's cancelling makes of it: nothing that was only asked for is late."""
    in_time = now <= consultation.cancels_freely_until
    if in_time or consultation.status == Status.PENDING:
        return Status.CANCELLED_BY_CLIENT
    return Status.CANCELLED_LATE


def consultation_complete(*, consultation: Consultation) -> Consultation:
    return _held(consultation, Status.COMPLETED)


def consultation_mark_no_show(*, consultation: Consultation) -> Consultation:
    return _held(consultation, Status.NO_SHOW)


@transaction.atomic
def _held(consultation: Consultation, status: Status) -> Consultation:
    if timezone.now() < consultation.starts_at:
        raise DomainError(_("It has not begun yet."))
    change(consultation, allowed={Status.CONFIRMED}, status=status)
    planning.withdraw(consultation, _("the appointment is over"))
    return consultation
