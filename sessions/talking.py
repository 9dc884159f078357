"""Reads what a client wants to talk about, and what became of it."""

from __future__ import annotations

from datetime import datetime

from clients.models import Client
from counsel.audit.models import AccessEvent, Verb
from sessions.models import TalkingPoint


def open_talking_point(client: Client) -> TalkingPoint | None:
    """What waits for the next consultation."""
    found: TalkingPoint | None = client.talking_points.filter(settled_at__isnull=True).first()
    return found


def last_talked_about(client: Client) -> TalkingPoint | None:
    settled = client.talking_points.filter(settled_at__isnull=False)
    found: TalkingPoint | None = settled.order_by("-settled_at").first()
    return found


def mark_of(point: TalkingPoint | None) -> str:
    """Which wording somebody saw; empty where nothing stood."""
    return point.mark if point else ""


def first_opened(point: TalkingPoint) -> datetime | None:
    """When the counsellor first opened the client's page with these words on it."""
    client = point.client
    events = AccessEvent.objects.filter(
        client_id=client.pk,
        subject_id=client.pk,
        verb=Verb.READ,
        actor=client.counsellor.user_id,
        at__gte=point.written_at,
    )
    at: datetime | None = events.order_by("sequence").values_list("at", flat=True).first()
    return at
