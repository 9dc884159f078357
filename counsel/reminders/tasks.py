"""The broker only wakes the dispatcher: a task that is lost, late or doubled changes nothing."""

from __future__ import annotations

from celery import shared_task

from counsel.reminders.dispatch import run_due


@shared_task(name="counsel.reminders.tasks.tick")
def tick() -> None:
    run_due()
