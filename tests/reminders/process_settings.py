# ruff: noqa: F403, F405
"""Counsel as it runs, for real processes: one more kind, a quick tick, a mail server to choose."""

from __future__ import annotations

import os

from counsel.settings import *

INSTALLED_APPS = [*INSTALLED_APPS, "tests.reminders.knocks.apps.KnocksConfig"]
EMAIL_TIMEOUT = 3
QUICK = {"schedule": 1.0, "options": {"expires": 1}}
CELERY_BEAT_SCHEDULE = {
    name: {**CELERY_BEAT_SCHEDULE[name], **QUICK} for name in ("reminders", "plans")
}
# Several tests may share one Redis.
CELERY_TASK_DEFAULT_QUEUE = f"ticks-of-{VAR_DIR.name}"
if os.environ.get("SINK_PORT"):
    EMAIL_BACKEND = "counsel.reminders.smtp.EmailBackend"
    EMAIL_HOST, EMAIL_PORT = "127.0.0.1", int(os.environ["SINK_PORT"])
