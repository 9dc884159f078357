"""The broker only wakes the work: a task that is lost, late or doubled changes nothing."""

from __future__ import annotations

from celery import shared_task

from counsel.reminders.dispatch import send_due
from counsel.reminders.planners import plan_due


@shared_task(name="counsel.reminders.tasks.tick")
def tick() -> None:
    send_due()


# A worker of one process has to send as well: it is not kept from that for longer than a tick.
@shared_task(name="counsel.reminders.tasks.plan", soft_time_limit=50, time_limit=55)
def plan() -> None:
    plan_due()
