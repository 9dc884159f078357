"""Lets time bring about its rows. Sending is another task: a slow planner delays no mail."""

from __future__ import annotations

import logging
from datetime import datetime

from counsel.common import stopping
from counsel.common.tracing import place_of
from counsel.reminders import heartbeats, watch
from counsel.reminders.clock import now as shared_now
from counsel.reminders.models import Heartbeat
from counsel.reminders.registry import planners

logger = logging.getLogger(__name__)


def plan_due(now: datetime | None = None) -> None:
    """Ask every planner; one that breaks costs no other its turn. Then look after the sender.

    The heartbeat stays away as long as one of them breaks, and so does it where we are stopped
    in between: not all has been planned.
    """
    whole = True
    for planner in planners():
        if stopping.is_asked():
            return
        try:
            planner(now or shared_now())
        except Exception as error:
            whole = False
            name = f"{planner.__module__}.{planner.__name__}"
            logger.error("planner %s: %s", name, place_of(error))
    if whole:
        heartbeats.beat(Heartbeat.Name.PLAN, now or shared_now())
    # Not by the sender itself: one that hangs would not say so.
    watch.alarm(now or shared_now())
