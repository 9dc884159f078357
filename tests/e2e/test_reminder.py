"""A consultation a day ahead is reminded of once, however often the worker looks."""

from __future__ import annotations

import time

import pytest

from tests.e2e.settings import TICK_SECONDS

pytestmark = pytest.mark.e2e

# Moved to just outside of a day, so that it falls due while worker and beat run.
BOOK_A_DAY_AHEAD = """
from datetime import timedelta
from django.utils import timezone
from clients.models import Client
from counsel.accounts.practice import Practice
from sessions.models import Service
from sessions.services import consultation_book
client = Client.objects.get(email={email!r})
service = Service.objects.get(counsellor=client.counsellor, slug="consultation")
# It is night somewhere: here none of it is quiet.
Practice.objects.update_or_create(pk=1, defaults={{"quiet_from": 0, "quiet_until": 0}})
consultation_book(
    service=service, client=client, starts_at=timezone.now() + timedelta(hours=24, seconds=6),
    overlap_reason="an hour off the usual ones",
)
"""


def test_it_sends_one_reminder_for_a_consultation_a_day_ahead(counsel):
    email = counsel.new_client("Ivo", counsellor="tom-ashworth")
    counsel.does(BOOK_A_DAY_AHEAD.format(email=email))
    counsel.mail_to(email, "Your appointment is confirmed")
    reminder = counsel.mail_to(email, "Your appointment")
    ticks = counsel.ticks()
    until = time.monotonic() + 10 * TICK_SECONDS
    while counsel.ticks() < ticks + 4 and time.monotonic() < until:
        time.sleep(0.5)
    assert counsel.ticks() >= ticks + 4
    subjects = [str(mail["Subject"]) for mail in counsel.mails_to(email)]
    assert subjects.count(str(reminder["Subject"])) == 1
    assert len(subjects) == 2
