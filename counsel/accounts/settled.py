"""What follows when the practice, or a counsellor, decides something anew.

Each app above that has planned by the old decision registers how it follows, in
`AppConfig.ready()`; it is called in the transaction of the change.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import models

Follower = Callable[[Any, datetime], None]

_followers: list[tuple[type[models.Model], Follower]] = []


def register_follower(model: type[models.Model], follower: Follower) -> None:
    """Have `follower(row, now)` act on a row of that model whose settings have changed."""
    if (model, follower) not in _followers:
        _followers.append((model, follower))


def follow(row: models.Model, now: datetime) -> None:
    for model, follower in _followers:
        if isinstance(row, model):
            follower(row, now)
