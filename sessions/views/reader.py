"""What a reader asks of a page by its address: whose clock, and which days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.http import HttpRequest

from counsel.accounts.models import Counsellor
from counsel.common.zones import UnknownZone, zone_choices
from sessions.models import Service
from sessions.times import Look
from sessions.wording import known_zone


@dataclass(frozen=True)
class ReaderZone:
    """The clock a page speaks by. `is_known` is false where the address named none we know."""

    zone: ZoneInfo
    is_known: bool = True
    is_chosen: bool = False

    @property
    def choices(self) -> list[tuple[str, str]]:
        return zone_choices(self.zone.key)


def reader_zone(request: HttpRequest, counsellor: Counsellor) -> ReaderZone:
    """The zone asked for, else the signed-in reader's own, else the counsellor's."""
    asked = request.POST if request.method == "POST" else request.GET
    if "zone" in asked:
        try:
            return ReaderZone(known_zone(asked["zone"]), is_chosen=True)
        except UnknownZone:
            return ReaderZone(counsellor.zone, is_known=False, is_chosen=True)
    if request.user.is_authenticated:
        return ReaderZone(known_zone(request.user.time_zone))
    return ReaderZone(counsellor.zone)


def reader_look(request: HttpRequest, service: Service, zone: ZoneInfo, now: datetime) -> Look:
    """Where among the service's times: "?day=2030-01-07" or "?month=2030-01", else anywhere."""
    return Look(
        zone=zone,
        now=now,
        horizon=timedelta(days=service.horizon),
        month=_date(f"{request.GET.get('month', '')}-01"),
        day=_date(request.GET.get("day", "")),
    )


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
