"""The broker only wakes the work: a task that is lost, late or doubled changes nothing."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from sessions.services import calendars_read


@shared_task(name="sessions.tasks.calendars_fetch")
def calendars_fetch() -> None:
    calendars_read(timezone.now())
