"""When planning and sending last ran to their end: the one sign of life that outlasts a process."""

from __future__ import annotations

from datetime import datetime

from counsel.common.inserting import insert_if_new
from counsel.reminders.models import Heartbeat


def beat(name: Heartbeat.Name, now: datetime) -> None:
    if not Heartbeat.objects.filter(name=name).update(at=now):
        insert_if_new(Heartbeat(name=name, at=now))
