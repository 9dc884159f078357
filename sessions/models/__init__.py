"""What is booked, when it may be, and on which terms. One subject a module."""

from __future__ import annotations

from sessions.models.base import LONGEST_MINUTES, OwnQuerySet
from sessions.models.consultations import (
    CALLED_OFF,
    FIRST_VERSION,
    HOLDING,
    KEPT,
    Consultation,
    ConsultationQuerySet,
    Status,
)
from sessions.models.hours import AvailabilityException, AvailabilityRule, Weekday
from sessions.models.offers import Place, Service

__all__ = [
    "CALLED_OFF",
    "FIRST_VERSION",
    "HOLDING",
    "KEPT",
    "LONGEST_MINUTES",
    "AvailabilityException",
    "AvailabilityRule",
    "Consultation",
    "ConsultationQuerySet",
    "OwnQuerySet",
    "Place",
    "Service",
    "Status",
    "Weekday",
]
