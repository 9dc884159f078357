"""The messages about one consultation, those of its series that speak of it among them."""

from __future__ import annotations

from collections.abc import Iterable

from counsel.accounts.roles import AnyUser
from counsel.reminders.models import Reminder
from sessions.kinds import SERIES_BOOKED, series_subject, subject_of
from sessions.models import Consultation, ConsultationChange
from sessions.series.planning import changed_between


def messages_about(
    consultation: Consultation, changes: Iterable[ConsultationChange], user: AnyUser
) -> list[Reminder]:
    """The newest first, of what the reader may see. One query."""
    subjects = [subject_of(consultation)]
    if consultation.series_id:
        subjects.append(series_subject(consultation.series_id))
    rows = Reminder.objects.visible_to(user).filter(subject__in=subjects)
    return [
        row
        for row in rows.order_by("-due_at", "pk")
        if row.subject == subjects[0] or _speaks_of(row, consultation, changes)
    ]


def _speaks_of(
    row: Reminder, consultation: Consultation, changes: Iterable[ConsultationChange]
) -> bool:
    """Of a message about a whole series: whether this date is, or was, in it."""
    if row.kind == SERIES_BOOKED:
        return consultation.created_at <= row.created_at
    since, until = changed_between(row)
    return any(since <= change.at <= until for change in changes)
