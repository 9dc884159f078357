"""What the ledger holds for a client is planned anew when their choices change.

Each app that plans messages to clients registers how in `AppConfig.ready()`; it is called in the
transaction of the change.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from clients.models import Client

Replanner = Callable[[Client, datetime], None]

_replanners: list[Replanner] = []


def register_replanner(replanner: Replanner) -> None:
    """Have `replanner(client, now)` bring the ledger in line with what the client chose."""
    if replanner not in _replanners:
        _replanners.append(replanner)


def replan(client: Client, now: datetime) -> None:
    for replanner in _replanners:
        replanner(client, now)
