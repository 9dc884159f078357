# ruff: noqa: F403, F405
"""Counsel's own settings for the processes that meet a fault; only its times are shortened."""

from __future__ import annotations

import os
from datetime import timedelta

from counsel.reminders import timing
from counsel.settings import *
from faults import pace

_pace = pace.from_environ()

INSTALLED_APPS = [*INSTALLED_APPS, "faults.apps.FaultsConfig"]
EMAIL_TIMEOUT = _pace.mail_timeout
CELERY_TASK_SOFT_TIME_LIMIT = _pace.soft_limit
CELERY_TASK_TIME_LIMIT = _pace.hard_limit
CELERY_BEAT_SCHEDULE = {
    name: {"task": job["task"], "schedule": _pace.tick, "options": {"expires": _pace.tick}}
    for name, job in CELERY_BEAT_SCHEDULE.items()
    if str(job["task"]).startswith("counsel.reminders.")
}
CELERY_TASK_DEFAULT_QUEUE = os.environ.get("FAULTS_QUEUE", "ticks")
# Nobody signs in here.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

timing.LEASE = timedelta(seconds=_pace.lease)
timing.FIRST_RETRY = timedelta(seconds=_pace.first_retry)
timing.LONGEST_RETRY = timedelta(seconds=_pace.longest_retry)
timing.MAX_ATTEMPTS = _pace.attempts

if shift := float(os.environ.get("FAULTS_CLOCK", "0")):
    # This machine's clock goes wrong by so many seconds.
    import time

    import time_machine

    time_machine.travel(time.time() + shift, tick=True).start()
