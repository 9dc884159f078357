"""What is booked, when it may be, and on which terms. One subject a module."""

from __future__ import annotations

from sessions.models.base import LONGEST_MINUTES, OwnQuerySet
from sessions.models.calendars import BusyTime, CalendarFeed, ImportedCalendar
from sessions.models.consultations import (
    CALLED_OFF,
    FIRST_VERSION,
    HOLDING,
    KEPT,
    Consultation,
    ConsultationChange,
    ConsultationQuerySet,
    Side,
    Status,
)
from sessions.models.holds import Hold
from sessions.models.hours import AvailabilityException, AvailabilityRule, Weekday
from sessions.models.notes import ConsultationNote, NoteAddendum, NoteTemplate, ProcessNote
from sessions.models.offers import Audience, ClientService, IntakeQuestion, Place, Service
from sessions.models.series import Series
from sessions.models.talking import TalkingPoint
from sessions.models.waiting import WaitingEntry
from sessions.series.recurrence import LONGEST_SERIES

__all__ = [
    "CALLED_OFF",
    "FIRST_VERSION",
    "HOLDING",
    "KEPT",
    "LONGEST_MINUTES",
    "LONGEST_SERIES",
    "Audience",
    "AvailabilityException",
    "AvailabilityRule",
    "BusyTime",
    "CalendarFeed",
    "ClientService",
    "Consultation",
    "ConsultationChange",
    "ConsultationNote",
    "ConsultationQuerySet",
    "Hold",
    "ImportedCalendar",
    "IntakeQuestion",
    "NoteAddendum",
    "NoteTemplate",
    "OwnQuerySet",
    "Place",
    "ProcessNote",
    "Series",
    "Service",
    "Side",
    "Status",
    "TalkingPoint",
    "WaitingEntry",
    "Weekday",
]
