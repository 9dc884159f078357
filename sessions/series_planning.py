"""Which messages a change of a series brings about: one for all of its consultations.

What each says stands in `sessions.series_reminders`. The reminder a day ahead of each
consultation is planned with the consultation, as ever.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from counsel.reminders.models import Reminder
from counsel.reminders.services import reminder_plan
from sessions.models import Consultation, Series
from sessions.planning import GRACE, STILL_NEWS

BOOKED = "series_confirmed"
MOVED = "series_moved"
CANCELLED = "series_cancelled"


def subject_of(series_id: UUID | None) -> str:
    return f"series:{series_id}"


def plan_booked(series: Series, booked: Iterable[Consultation], now: datetime) -> None:
    _tell(series, BOOKED, booked, now)


def plan_moved(series: Series, moved: Iterable[Consultation], now: datetime) -> None:
    _tell(series, MOVED, moved, now + GRACE)


def plan_cancelled(series: Series, cancelled: Iterable[Consultation], now: datetime) -> None:
    _tell(series, CANCELLED, cancelled, now + GRACE)


def changed_between(reminder: Reminder) -> tuple[datetime, datetime]:
    """When the changes were made that the message is about: before it was planned, in one go."""
    return reminder.due_at - GRACE, reminder.created_at


def _tell(series: Series, kind: str, about: Iterable[Consultation], due_at: datetime) -> None:
    last = max(consultation.starts_at for consultation in about)
    reminder_plan(
        counsellor=series.counsellor,
        kind=kind,
        subject=subject_of(series.pk),
        person=f"client:{series.client_id}",
        due_at=due_at,
        not_after=max(last, due_at + STILL_NEWS),
        occurrence=f"v{series.version}",
    )
