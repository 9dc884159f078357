"""On the portal's home of a client who is somebody's partner, too: the way to that page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from clients.home import Panel, register_panel
from clients.models import Client
from exercises.models import Partner


def register() -> None:
    register_panel(Panel(60, "exercises/partner/home_with.html", with_somebody))


def with_somebody(client: Client, now: datetime) -> Mapping[str, object]:
    if client.user is None or not Partner.objects.of_partner(client.user).exists():
        return {}
    return {"is_partner": True}
