"""By which clock a page speaks to its reader."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.http import HttpRequest

from counsel.accounts.models import Counsellor
from counsel.common.zones import UnknownZone, zone_choices
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
