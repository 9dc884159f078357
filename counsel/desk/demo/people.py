"""Makes the demo practice's staff, services and hours."""

from __future__ import annotations

import tomllib
from datetime import time
from decimal import Decimal
from pathlib import Path
from typing import Any

from allauth.account.models import EmailAddress

from counsel.accounts.models import Counsellor, User
from sessions.models import AvailabilityRule, Service


def practice() -> dict[str, Any]:
    path = Path(__file__).with_name("practice.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))


def user_make(person: dict[str, Any], password: str, **fields: Any) -> User:
    """A person who can sign in with their address, confirmed."""
    user = User.objects.create_user(person["email"], password, name=person["name"], **fields)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def counsellor_make(person: dict[str, Any], password: str) -> Counsellor:
    user = user_make(person, password, is_staff=True, time_zone=person["zone"])
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
        Service.objects.create(
            counsellor=counsellor,
            currency=person["currency"],
            **{**service, "fee": Decimal(service["fee"])},
        )
    return counsellor
