"""A record as a FHIR R4 Bundle: Patient, Appointment, CarePlan, QuestionnaireResponse.

Pure: it takes the record as plain data and gives plain data. Inside a bundle resources name one
another by `urn:uuid:`, so that it needs no server to be read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid5

_FULFILLED = {
    "pending": ("pending", "accepted"),
    "confirmed": ("booked", "accepted"),
    "completed": ("fulfilled", "accepted"),
    "no_show": ("noshow", "accepted"),
    "declined": ("cancelled", "accepted"),
    "cancelled_by_client": ("cancelled", "declined"),
    "cancelled_late": ("cancelled", "declined"),
    "cancelled_by_counsellor": ("cancelled", "accepted"),
}
_ACTIVITY = {"waiting": "scheduled", "active": "in-progress", "withdrawn": "stopped"}

Data = dict[str, Any]


def bundle_of(record: Mapping[str, Any]) -> Data:
    """From what `counsel.records.selectors.record_of` gives."""
    patient = f"urn:uuid:{record['profile']['id']}"
    resources = [
        _patient(record["profile"]),
        *(_appointment(it, patient) for it in record["consultations"]),
        *_care_plan(record, patient),
        *_responses(record, patient),
    ]
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": record["taken_out_at"],
        "entry": [{"fullUrl": f"urn:uuid:{it['id']}", "resource": it} for it in resources],
    }


def _patient(profile: Mapping[str, Any]) -> Data:
    reached = [("email", profile["email"]), ("phone", profile["phone"])]
    data: Data = {
        "resourceType": "Patient",
        "id": profile["id"],
        "name": [{"use": "usual", "text": profile["name"]}],
        "telecom": [{"system": system, "value": value} for system, value in reached if value],
        "communication": [
            {"language": {"coding": [{"system": "urn:ietf:bcp:47", "code": profile["language"]}]}}
        ],
    }
    if profile["emergency_contact"]:
        data["contact"] = [{"name": {"text": profile["emergency_contact"]}}]
    return data


def _appointment(consultation: Mapping[str, Any], patient: str) -> Data:
    status, answer = _FULFILLED[consultation["status"]]
    return {
        "resourceType": "Appointment",
        "id": consultation["id"],
        "status": status,
        "description": consultation["service"],
        "start": consultation["starts_at"],
        "end": consultation["ends_at"],
        "participant": [
            {"actor": {"reference": patient}, "status": answer},
            {"actor": {"display": consultation["with"]}, "status": "accepted"},
        ],
    }


def _care_plan(record: Mapping[str, Any], patient: str) -> list[Data]:
    """One, of all that was given to practise."""
    given = record["assignments"]
    if not given:
        return []
    is_active = any(it["status"] != "withdrawn" for it in given)
    plan: Data = {
        "resourceType": "CarePlan",
        "id": str(uuid5(UUID(record["profile"]["id"]), "CarePlan")),
        "status": "active" if is_active else "completed",
        "intent": "plan",
        "subject": {"reference": patient},
        "activity": [{"detail": _activity(it)} for it in given],
    }
    return [plan]


def _activity(given: Mapping[str, Any]) -> Data:
    detail: Data = {
        "status": _ACTIVITY[given["status"]],
        "code": {"text": given["exercise"]},
        "scheduledString": f"{given['rhythm']}, {given['starts_on']}/{given['ends_on'] or '..'}",
    }
    if given["why"]:
        detail["description"] = given["why"]
    return detail


def _responses(record: Mapping[str, Any], patient: str) -> list[Data]:
    """Measures under the names their questionnaires have; all else by what was asked."""
    measures = [{**it, "subject": {"reference": patient}} for it in record["measures"]]
    known = {it["id"] for it in measures}
    rest = (it for it in record["entries"] if it["id"] not in known)
    return [*measures, *(_response(it, patient) for it in rest)]


def _response(entry: Mapping[str, Any], patient: str) -> Data:
    data: Data = {
        "resourceType": "QuestionnaireResponse",
        "id": entry["id"],
        "status": "completed" if entry["state"] == "submitted" else "in-progress",
        "subject": {"reference": patient},
        "authored": entry["happened_at"],
    }
    items = [_item(str(n), it) for n, it in enumerate(entry["answers"], start=1) if it["answered"]]
    if items:
        data["item"] = items
    return data


def _item(link: str, said: Mapping[str, str]) -> Data:
    item: Data = {"linkId": link, "answer": [{"valueString": said["answered"]}]}
    return {**item, "text": said["asked"]} if said["asked"] else item
