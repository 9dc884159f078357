"""Counsel's own settings, but quick: mails go out within seconds, signing in takes no time."""

from __future__ import annotations

from counsel.settings import *  # noqa: F403
from counsel.settings import ACCOUNT_RATE_LIMITS, CELERY_BEAT_SCHEDULE

TICK_SECONDS = 3
QUICK = {"schedule": float(TICK_SECONDS), "options": {"expires": TICK_SECONDS}}
# New dictionaries: the old ones are those of every other test in this process.
CELERY_BEAT_SCHEDULE = {
    **CELERY_BEAT_SCHEDULE,
    **{name: {**CELERY_BEAT_SCHEDULE[name], **QUICK} for name in ("reminders", "plans")},
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# All who book in the journeys share one connection.
ACCOUNT_RATE_LIMITS = {**ACCOUNT_RATE_LIMITS, "ask": "1000/h/ip"}
