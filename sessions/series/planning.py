"""Which messages a change of a series brings about: one for all of its consultations.

What each says stands in `sessions.mails.series`. The reminder a day ahead of each
consultation is planned with the consultation, as ever.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import QuerySet

from clients.reach import channels_of, person_of
from counsel.reminders.models import Reminder
from counsel.reminders.services import reminder_plan
from sessions.kinds import (
    MAY_BE_OUT,
    SERIES_BOOKED,
    SERIES_CANCELLED,
    SERIES_MOVED,
    series_subject,
)
from sessions.models import Consultation, ConsultationChange, Series
from sessions.planning import GRACE, STILL_NEWS


def plan_booked(series: Series, booked: Iterable[Consultation], now: datetime) -> None:
    _tell(series, SERIES_BOOKED, booked, now)


def plan_moved(series: Series, moved: Iterable[Consultation], now: datetime) -> None:
    _tell(series, SERIES_MOVED, moved, now + GRACE)


def plan_cancelled(series: Series, cancelled: Iterable[Consultation], now: datetime) -> None:
    _tell(series, SERIES_CANCELLED, cancelled, now + GRACE)


def changed_between(reminder: Reminder) -> tuple[datetime, datetime]:
    """When the changes were made that the message is about: before it was planned, in one go."""
    return reminder.due_at - GRACE, reminder.created_at


def is_told(change: ConsultationChange) -> bool:
    """Whether a message about the series that speaks of this change has gone out, or may have."""
    return _is_among(change, _gone_out(change.consultation, (SERIES_MOVED, SERIES_CANCELLED)))


def was_told_otherwise(
    consultation: Consultation, undone: ConsultationChange, holding: Collection[int]
) -> bool:
    """Whether a message about the series has gone out while the change stood that is undone now.

    It showed what is not so any more, or left the consultation out: one with all that are coming,
    or with the new times of those that were moved when this one was.
    """
    told = _gone_out(consultation, (SERIES_BOOKED, SERIES_MOVED))
    gone = told.exclude(finished_at__lt=undone.at)
    if gone.filter(kind=SERIES_BOOKED).exists():
        return True
    moved = consultation.changes.filter(version__in=holding)
    return any(_is_among(change, gone) for change in moved)


def _gone_out(consultation: Consultation, kinds: Collection[str]) -> QuerySet[Reminder]:
    found: QuerySet[Reminder] = Reminder.objects.filter(
        subject=series_subject(consultation.series_id), kind__in=kinds, state__in=MAY_BE_OUT
    )
    return found


def _is_among(change: ConsultationChange, told: Iterable[Reminder]) -> bool:
    spans = map(changed_between, told)
    return any(since <= change.at <= until for since, until in spans)


def _tell(series: Series, kind: str, about: Iterable[Consultation], due_at: datetime) -> None:
    last = max(consultation.starts_at for consultation in about)
    client = series.client
    for channel in channels_of(client, kind):
        reminder_plan(
            counsellor=series.counsellor,
            kind=kind,
            subject=series_subject(series.pk),
            person=person_of(client),
            channel=channel,
            due_at=due_at,
            not_after=max(last, due_at + STILL_NEWS),
            occurrence=f"v{series.version}",
        )
