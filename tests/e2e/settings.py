"""Counsel's own settings with a quick tick, so that no journey waits a minute for its mail."""

from __future__ import annotations

from counsel.settings import *  # noqa: F403
from counsel.settings import CELERY_BEAT_SCHEDULE

TICK_SECONDS = 3
CELERY_BEAT_SCHEDULE["reminders"] |= {
    "schedule": float(TICK_SECONDS),
    "options": {"expires": TICK_SECONDS},
}
