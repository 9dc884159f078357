"""Which messages a change of a consultation brings about, and which it makes void.

Called by `sessions.services` in the same transaction as the change. What each message says,
and whether it is still wanted when its time comes, stands in `sessions.reminders`.
"""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from counsel.reminders.services import reminder_plan, reminders_withdraw
from counsel.reminders.timing import consultation_reminder_window
from sessions.models import Consultation

REQUESTED = "consultation_requested"
CONFIRMED = "consultation_confirmed"
REMINDER = "consultation_reminder"
CANCELLED = "consultation_cancelled"
COUNSELLOR = "counsellor_request"

REMINDER_MINUTES = 24 * 60


def subject_of(consultation: Consultation) -> str:
    return f"consultation:{consultation.pk}"


def version_mark(consultation: Consultation) -> str:
    """Tells one message about a change from the next."""
    return f"v{consultation.version}"


def start_mark(consultation: Consultation) -> str:
    return f"{consultation.starts_at:%Y%m%dT%H%M%SZ}"


def plan_request(consultation: Consultation, now: datetime) -> None:
    _tell_client(consultation, REQUESTED, now)
    plan_news_for_counsellor(consultation, now)


def plan_confirmation(consultation: Consultation, now: datetime) -> None:
    """The confirmation at once and the reminder a day ahead, in place of all earlier ones."""
    withdraw(consultation, _("the appointment has changed"))
    _tell_client(consultation, CONFIRMED, now)
    window = consultation_reminder_window(consultation.starts_at, REMINDER_MINUTES, now)
    if window is None:
        return
    due_at, not_after = window
    reminder_plan(
        counsellor=consultation.counsellor,
        kind=REMINDER,
        subject=subject_of(consultation),
        person=f"client:{consultation.client_id}",
        due_at=due_at,
        not_after=not_after,
        occurrence=start_mark(consultation),
        offset_minutes=-REMINDER_MINUTES,
    )


def plan_cancellation(consultation: Consultation, now: datetime) -> None:
    withdraw(consultation, _("the appointment was cancelled"))
    _tell_client(consultation, CANCELLED, now)


def plan_news_for_counsellor(consultation: Consultation, now: datetime) -> None:
    _tell(consultation, COUNSELLOR, f"counsellor:{consultation.counsellor_id}", now)


def withdraw(consultation: Consultation, reason: str) -> None:
    reminders_withdraw(subject=subject_of(consultation), reason=reason)


def _tell_client(consultation: Consultation, kind: str, now: datetime) -> None:
    _tell(consultation, kind, f"client:{consultation.client_id}", now)


def _tell(consultation: Consultation, kind: str, person: str, now: datetime) -> None:
    if consultation.starts_at <= now:
        return
    reminder_plan(
        counsellor=consultation.counsellor,
        kind=kind,
        subject=subject_of(consultation),
        person=person,
        due_at=now,
        not_after=consultation.starts_at,
        occurrence=version_mark(consultation),
    )
