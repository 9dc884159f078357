"""The broker only wakes the work: a task that is lost, late or doubled changes nothing."""

from __future__ import annotations

from celery import shared_task

from counsel.records.cleaning import clean_up


@shared_task(name="counsel.records.tasks.erase")
def erase() -> None:
    clean_up()
