"""What the portal's home says about the next appointment, and asks shortly before it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from clients.home import Panel, register_panel
from clients.models import Client
from sessions.models import Status
from sessions.selectors import next_consultation
from sessions.talking import open_talking_point

# How long before an appointment the home asks what it should be about.
ASKS_BEFORE = timedelta(days=3)


def register() -> None:
    register_panel(Panel(order=30, template="sessions/_next.html", context=_next))
    register_panel(Panel(order=31, template="sessions/_talk.html", context=_talk))


def _next(client: Client, now: datetime) -> Mapping[str, object]:
    consultation = next_consultation(client, now)
    if consultation is None:
        return {}
    return {
        "consultation": consultation,
        "zone": client.zone,
        "is_pending": consultation.status == Status.PENDING,
    }


def _talk(client: Client, now: datetime) -> Mapping[str, object]:
    consultation = next_consultation(client, now)
    if consultation is None or consultation.status != Status.CONFIRMED:
        return {}
    if not now < consultation.starts_at <= now + ASKS_BEFORE:
        return {}
    return {"has_point": open_talking_point(client) is not None}
