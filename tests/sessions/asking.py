"""A visitor's request as the tests of the services make it, and what it left in the ledger."""

from __future__ import annotations

from datetime import UTC, datetime, time

from counsel.reminders.models import Reminder
from sessions.services import consultation_request, hold_place
from tests.factories import make_consent_document, make_counsellor, make_rule, make_service

# A Thursday; the counsellor of these tests is open on Mondays, 9 to 17, in London.
NOW = datetime(2030, 1, 3, 9, tzinfo=UTC)
MONDAY_TEN = datetime(2030, 1, 7, 10, tzinfo=UTC)


def make_open_service(**fields):
    fields.setdefault("counsellor", make_counsellor())
    make_rule(counsellor=fields["counsellor"], weekday=0, starts=time(9), ends=time(17))
    return make_service(**{"length": 50, "buffer_after": 10, "step": 60, **fields})


def request(service, starts_at=MONDAY_TEN, **fields):
    fields = {
        "name": "Anna",
        "email": "anna@example.org",
        "time_zone": "Asia/Kolkata",
        "idempotency_key": "k" * 32,
        **fields,
    }
    if "consent" not in fields:
        fields["consent"] = make_consent_document()
    return consultation_request(service=service, starts_at=starts_at, **fields)


def ask(service, starts_at=MONDAY_TEN, **fields):
    """The same by somebody who has not shown yet that the address is theirs."""
    fields = {
        "name": "Anna",
        "email": "anna@example.org",
        "time_zone": "Asia/Kolkata",
        "language": "en-gb",
        "idempotency_key": "k" * 32,
        **fields,
    }
    if "consent" not in fields:
        fields["consent"] = make_consent_document()
    return hold_place(service=service, starts_at=starts_at, **fields)


def ledger(consultation, **filters):
    rows = Reminder.objects.filter(subject=f"consultation:{consultation.pk}", **filters)
    return sorted(rows.values_list("kind", "state"))
