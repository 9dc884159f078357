"""The Celery application: JSON only, no result store, one UTC tick a minute.

Tasks are declared in each app's `tasks.py`; the truth about what is due lives in the
database, so a lost or doubled task changes nothing (see `counsel.reminders`).
"""

from __future__ import annotations

import os
from typing import Any

from celery import Celery
from celery.signals import worker_init, worker_process_init, worker_shutting_down
from kombu.transport import TRANSPORT_ALIASES

from counsel.common import stopping

TRANSPORT_ALIASES["filesystem"] = "counsel.common.broker:Transport"

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "counsel.settings")

app = Celery("counsel")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
worker_shutting_down.connect(stopping.worker_is_stopping)
worker_process_init.connect(stopping.pool_process_begins)


@worker_init.connect
def worker_starts(**kwargs: Any) -> None:
    # Only now are the applications loaded.
    from counsel.keys import starting

    starting.worker_starts()
