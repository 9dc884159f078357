"""A reminder of an appointment that nobody has, to show a client what they would look like."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from clients.examples import register_sample
from clients.models import Client
from counsel.common.zones import local_date
from counsel.reminders.registry import Message, Reach
from counsel.reminders.timing import local_hour
from sessions.mails.consultations import to_client
from sessions.models import Consultation, Status

IN_DAYS, AT_HOUR = 7, 17
# Hours before the start; what is shown of the words ends before.
A_DAY = 24


def register() -> None:
    register_sample(sample)


def sample(client: Client, reach: Reach) -> Message:
    """As it would be written a week ahead; nothing is kept."""
    day = local_date(timezone.now(), client.zone) + timedelta(days=IN_DAYS)
    consultation = Consultation(
        client=client,
        counsellor=client.counsellor,
        starts_at=local_hour(day, AT_HOUR, client.zone),
        time_zone=client.time_zone,
        status=Status.CONFIRMED,
        cancel_notice=A_DAY,
        reschedule_notice=A_DAY,
    )
    return to_client(consultation, reach, "consultation_reminder", "consultation_reminder")
