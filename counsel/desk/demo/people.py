"""Makes the demo practice's people, services and hours."""

from __future__ import annotations

import tomllib
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from clients.models import Client, Consent
from clients.selectors import current_consent
from counsel.accounts.demo_code import demo_lock
from counsel.accounts.models import Counsellor, User
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
    """All that is told of everybody; see the three files."""
    told: dict[str, Any] = {}
    for name in ("practice", "clients", "words"):
        path = Path(__file__).with_name(f"{name}.toml")
        told |= tomllib.loads(path.read_text(encoding="utf-8"))
    return told


def person_make(hashed: str, **fields: Any) -> User:
    """Somebody who can sign in. The password is everybody's and public, so one hash will do:
    a slow one for each of them would take most of the time the demo takes. So is the second
    lock of staff.
    """
    user = user_create(**fields)
    user.password = hashed
    user.save(update_fields=["password"])
    if user.is_staff:
        demo_lock(user)
    return user


def counsellor_make(person: dict[str, Any], hashed: str) -> Counsellor:
    user = person_make(
        hashed,
        email=person["email"],
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


def client_make(facts: dict[str, Any], counsellor: Counsellor, hashed: str) -> Client:
    user = person_make(hashed, email=facts["email"], name=facts["name"], time_zone=facts["zone"])
    return Client.objects.create(
        counsellor=counsellor,
        user=user,
        name=facts["name"],
        email=facts["email"],
        time_zone=facts["zone"],
        status=Client.Status.ACTIVE,
        default_sharing="shared" if facts["shares"] > 0.5 else "private",
        shows_private_days="hides_days" not in facts,
    )


def consents_make(client: Client, facts: dict[str, Any], first: datetime) -> None:
    """To booking, a week before the first consultation; who writes has read, on the day of it,
    that nobody watches.
    """
    given = {"booking": first - timedelta(days=7)}
    if facts["writes"]:
        given["not-watched"] = first
    for slug, at in given.items():
        document = current_consent(slug, "en-gb")
        Consent.objects.create(
            client=client, document=document, text_hash=document.text_hash, given_at=at
        )
