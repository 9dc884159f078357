"""Which messages a change of a series brings about: one for all of its consultations.

What each says stands in `sessions.mails.series`. The reminder a day ahead of each
consultation is planned with the consultation, as ever.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from counsel.reminders.models import Reminder
from counsel.reminders.services import reminder_plan
from sessions.models import Consultation, ConsultationChange, Series
from sessions.planning import GRACE, MAY_BE_OUT, STILL_NEWS

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


def is_told(change: ConsultationChange) -> bool:
    """Whether a message about the series that speaks of this change has gone out, or may have."""
    return _is_among(change, _gone_out(change.consultation, (MOVED, CANCELLED)))


def was_told_otherwise(
    consultation: Consultation, undone: ConsultationChange, holding: Collection[int]
) -> bool:
    """Whether a message about the series has gone out while the change stood that is undone now.

    It showed what is not so any more, or left the consultation out: one with all that are coming,
    or with the new times of those that were moved when this one was.
    """
    gone = _gone_out(consultation, (BOOKED, MOVED)).exclude(finished_at__lt=undone.at)
    moved = consultation.changes.filter(version__in=holding)
    return gone.filter(kind=BOOKED).exists() or any(_is_among(change, gone) for change in moved)


def _gone_out(consultation: Consultation, kinds: Collection[str]) -> QuerySet[Reminder]:
    found: QuerySet[Reminder] = Reminder.objects.filter(
        subject=subject_of(consultation.series_id), kind__in=kinds, state__in=MAY_BE_OUT
    )
    return found


def _is_among(change: ConsultationChange, told: Iterable[Reminder]) -> bool:
    spans = map(changed_between, told)
    return any(since <= change.at <= until for since, until in spans)


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
