"""Makes the demo practice's staff, services and hours."""

from __future__ import annotations

import tomllib
from datetime import date, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from counsel.accounts.models import Counsellor
from counsel.accounts.services import user_create
from counsel.common.zones import first_instant
from sessions.models import (
    AvailabilityException,
    AvailabilityRule,
    IntakeQuestion,
    Service,
    WaitingEntry,
)


def practice() -> dict[str, Any]:
    path = Path(__file__).with_name("practice.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))


def counsellor_make(person: dict[str, Any], password: str) -> Counsellor:
    user = user_create(
        email=person["email"],
        password=password,
        name=person["name"],
        time_zone=person["zone"],
        is_staff=True,
    )
    counsellor = Counsellor.objects.create(
        user=user,
        slug=person["slug"],
        display_name=person["name"],
        headline=person["headline"],
        about=person["about"].strip(),
        time_zone=person["zone"],
    )
    AvailabilityRule.objects.bulk_create(
        AvailabilityRule(
            counsellor=counsellor,
            weekday=weekday,
            starts=time.fromisoformat(starts),
            ends=time.fromisoformat(ends),
        )
        for weekday, starts, ends in person["hours"]
    )
    for service in person["services"]:
        _service_make(counsellor, person["currency"], dict(service))
    return counsellor


def _service_make(counsellor: Counsellor, currency: str, facts: dict[str, Any]) -> None:
    questions = facts.pop("questions", [])
    facts["fee"] = Decimal(facts["fee"])
    service = Service.objects.create(counsellor=counsellor, currency=currency, **facts)
    IntakeQuestion.objects.bulk_create(
        IntakeQuestion(service=service, position=place, label=label)
        for place, label in enumerate(questions)
    )


def time_off_make(counsellor: Counsellor, person: dict[str, Any], today: date) -> None:
    """Whole days, in a week to come."""
    monday = today - timedelta(days=today.weekday())
    for off in person["time_off"]:
        first, last = (monday + timedelta(weeks=off["week"], days=day) for day in off["days"])
        AvailabilityException.objects.create(
            counsellor=counsellor,
            kind=AvailabilityException.Kind.TIME_OFF,
            starts_at=first_instant(first, time(), counsellor.zone),
            ends_at=first_instant(last + timedelta(days=1), time(), counsellor.zone),
            whole_days=True,
            note=off["note"],
        )


def waiting_make(counsellor: Counsellor, person: dict[str, Any]) -> None:
    """On days that are never open, so that the list is there to be seen."""
    for who in person["waiting"]:
        WaitingEntry.objects.create(
            counsellor=counsellor,
            service=counsellor.services.get(slug="consultation"),
            name=who["name"],
            email=who["email"],
            time_zone=who["zone"],
            weekdays=who["days"],
            state=WaitingEntry.State.WAITING,
        )
