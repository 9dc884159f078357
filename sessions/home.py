"""What the portal's home says about the next appointment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from clients.home import Panel, register_panel
from clients.models import Client
from sessions.models import Status
from sessions.selectors import next_consultation


def register() -> None:
    register_panel(Panel(order=30, template="sessions/_next.html", context=_next))


def _next(client: Client, now: datetime) -> Mapping[str, object]:
    consultation = next_consultation(client, now)
    if consultation is None:
        return {}
    return {
        "consultation": consultation,
        "zone": client.zone,
        "is_pending": consultation.status == Status.PENDING,
    }
