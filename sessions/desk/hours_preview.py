"""A change of hours is shown before it is saved: what it opens, closes and collides with."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Model
from django.forms.models import model_to_dict
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from counsel.accounts.models import Counsellor
from counsel.audit.services import Shown
from counsel.common.zones import get_zone, local_date
from sessions.availability import Slot
from sessions.models import Consultation
from sessions.services.hours import Collision, Difference, Proposal, difference

EXAMPLES = 3
SEEN = "seen"


@dataclass(frozen=True, slots=True)
class CollisionRow:
    """One line; a time kept for somebody has no page to lead to."""

    href: str
    who: str
    when: str
    service: str
    why: str


@dataclass(frozen=True, slots=True)
class Count:
    number: int
    nearest: str
    is_all: bool


@dataclass(frozen=True, slots=True)
class ShiftRow:
    service: str
    days: int
    opens: Count
    closes: Count


@dataclass(frozen=True, slots=True)
class Preview:
    """`seal` comes back with the second press: it stands for this change and these collisions."""

    difference: Difference
    seal: str
    collisions: list[CollisionRow]
    shifts: list[ShiftRow]

    def was_seen(self, request: HttpRequest) -> bool:
        return constant_time_compare(request.POST.get(SEEN, ""), self.seal)

    def consultations(self) -> Iterable[Shown]:
        """Those it names, each with whose it is."""
        for collision in self.difference.collisions:
            if isinstance(collision.taken, Consultation):
                yield Consultation, collision.taken.pk, collision.taken.client_id

    def collides_with(self) -> set[Any]:
        return {collision.taken.pk for collision in self.difference.collisions}


def preview_of(counsellor: Counsellor, proposal: Proposal) -> Preview:
    found = difference(counsellor, proposal, timezone.now())
    zone = get_zone(proposal.time_zone) if proposal.time_zone else counsellor.zone
    return Preview(
        difference=found,
        seal=_seal(counsellor, proposal, found),
        collisions=[_collision(collision, zone) for collision in found.collisions],
        shifts=[
            ShiftRow(
                service=shift.service.name,
                days=shift.service.horizon,
                opens=_count(shift.opens, zone),
                closes=_count(shift.closes, zone),
            )
            for shift in found.shifts
            if shift.opens or shift.closes
        ],
    )


def _seal(counsellor: Counsellor, proposal: Proposal, found: Difference) -> str:
    parts = [
        str(counsellor.pk),
        counsellor.time_zone,
        proposal.time_zone,
        [_fields(row) for row in (*proposal.rules, *proposal.exceptions)],
        sorted(str(pk) for pk in proposal.without),
        sorted(str(collision.taken.pk) for collision in found.collisions),
    ]
    return salted_hmac("sessions.hours", json.dumps(parts, default=str)).hexdigest()


def _fields(row: Model) -> dict[str, Any]:
    # A new row's key is another one with each press.
    key = "" if row._state.adding else str(row.pk)
    return {**model_to_dict(row), "key": key}


def _collision(collision: Collision, zone: ZoneInfo) -> CollisionRow:
    taken = collision.taken
    if isinstance(taken, Consultation):
        href = reverse("admin:consultations_consultation_change", args=[taken.pk])
        who = taken.client.name
    else:
        href, who = "", _("Kept for somebody who asked for it")
    return CollisionRow(
        href=href,
        who=who,
        when=short_when(taken.starts_at, zone),
        service=taken.service.name,
        why=_("in the time off") if collision.in_time_off else _("outside your hours"),
    )


def _count(slots: Sequence[Slot], zone: ZoneInfo) -> Count:
    """With the first time of each of the nearest days."""
    by_day: dict[date, Slot] = {}
    for slot in slots:
        by_day.setdefault(local_date(slot.start, zone), slot)
    shown = list(by_day.values())[:EXAMPLES]
    nearest = "; ".join(short_when(slot.start, zone) for slot in shown)
    return Count(len(slots), nearest, len(slots) == len(shown))


def short_when(instant: datetime, zone: ZoneInfo) -> str:
    local = instant.astimezone(zone)
    this_year = timezone.now().astimezone(zone).year == local.year
    return date_format(local, "D j M, H:i" if this_year else "D j M Y, H:i")
