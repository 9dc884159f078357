"""The messages about consultations and series, as the ledger knows them, and what it calls their
subjects.
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import Q

from counsel.reminders.models import Reminder, State
from sessions.models import Consultation

REQUESTED = "consultation_requested"
CONFIRMED = "consultation_confirmed"
MOVED = "consultation_moved"
REMINDER = "consultation_reminder"
CANCELLED = "consultation_cancelled"
DECLINED = "consultation_declined"
COUNSELLOR = "counsellor_request"

SERIES_BOOKED = "series_confirmed"
SERIES_MOVED = "series_moved"
SERIES_CANCELLED = "series_cancelled"

# A message that has gone out, or is just going.
MAY_BE_OUT = (State.CLAIMED, State.SENT, State.UNCERTAIN)


def subject_of(consultation: Consultation) -> str:
    return f"consultation:{consultation.pk}"


def series_subject(series_id: UUID | None) -> str:
    return f"series:{series_id}"


def is_told_firm(
    consultation: Consultation,
    states: Collection[State] = (State.SENT,),
    *,
    before: Reminder | None = None,
) -> bool:
    """Whether the client has heard that it is confirmed, by itself or with its series.

    `before` this message: what the same one said on another channel, or in an earlier copy, does
    not count.
    """
    alone = Q(subject=subject_of(consultation), kind__in=[CONFIRMED, MOVED])
    if before is not None:
        alone &= ~Q(occurrence=before.occurrence)
    together = Q(subject=series_subject(consultation.series_id), kind=SERIES_BOOKED)
    subjects = [subject_of(consultation), series_subject(consultation.series_id)]
    told = Reminder.objects.filter(alone | together, subject__in=subjects)
    return told.filter(state__in=list(states)).exists()
