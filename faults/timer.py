"""`manage.py send_due` once a second, in one process that need not start anew each time."""

from __future__ import annotations

import contextlib
import os
import time

import django
from django.core.management import CommandError, call_command
from django.db import OperationalError, close_old_connections

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "faults.settings")
    django.setup()
    while True:
        # The next run tries again, as that of a timer would.
        with contextlib.suppress(CommandError, OperationalError):
            call_command("send_due")
        close_old_connections()
        time.sleep(1)
