"""Clients, what they agreed to, and who cares for them. One subject a module."""

from __future__ import annotations

from clients.models.agreeing import ConsentRequest
from clients.models.care import ConsentHow, Cover, Handover
from clients.models.caseload_views import CaseloadView
from clients.models.emergencies import EmergencyAccess
from clients.models.keeping import LegalHold
from clients.models.people import (
    STOPPED_AS_TOLD,
    Client,
    ClientQuerySet,
    Consent,
    ConsentDocument,
    Invitation,
    RestrictedBy,
    Sharing,
)
from clients.models.plans import SafetyPlan
from clients.models.reaching import Address, PushDevice

__all__ = [
    "STOPPED_AS_TOLD",
    "Address",
    "CaseloadView",
    "Client",
    "ClientQuerySet",
    "Consent",
    "ConsentDocument",
    "ConsentHow",
    "ConsentRequest",
    "Cover",
    "EmergencyAccess",
    "Handover",
    "Invitation",
    "LegalHold",
    "PushDevice",
    "RestrictedBy",
    "SafetyPlan",
    "Sharing",
]
