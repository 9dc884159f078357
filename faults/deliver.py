"""Sends each of the reminders' ticks so many times at once, once a second."""

from __future__ import annotations

import os
import sys
import time

import django
from django.conf import settings

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "faults.settings")
    django.setup()
    from counsel.celery import app

    while True:
        for job in settings.CELERY_BEAT_SCHEDULE.values():
            for _ in range(int(sys.argv[1])):
                app.send_task(str(job["task"]), expires=5)
        time.sleep(1)
