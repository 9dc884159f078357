"""Makes the demo practice's staff, services and hours."""

from __future__ import annotations

import tomllib
from datetime import time
from decimal import Decimal
from pathlib import Path
from typing import Any

from counsel.accounts.models import Counsellor
from counsel.accounts.services import user_create
from sessions.models import AvailabilityRule, Service


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
        Service.objects.create(
            counsellor=counsellor,
            currency=person["currency"],
            **{**service, "fee": Decimal(service["fee"])},
        )
    return counsellor
