"""A message that goes out twice, on two channels or as a copy by hand, says the same each time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from counsel.reminders.again import reminder_resend
from counsel.reminders.models import Reminder
from sessions.planning import plan_request
from sessions.services import consultation_book, consultation_reschedule
from tests.factories import make_client, make_consultation, make_service
from tests.letters import message_of

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 1, 3, 9, tzinfo=UTC)
START = NOW + timedelta(days=4)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def anna():
    return make_client(name="Anna")


@pytest.fixture
def service(anna):
    return make_service(counsellor=anna.counsellor)


def sent(kind, **fields):
    rows = Reminder.objects.filter(kind=kind, state="queued", **fields)
    row = rows.get()
    rows.update(state="sent", finished_at=NOW, handed_over_at=NOW)
    row.refresh_from_db()
    return row


def twin(row):
    """The same message on another channel, which goes out a moment later."""
    fields = ("counsellor", "kind", "subject", "occurrence", "person", "due_at", "not_after")
    values = {name: getattr(row, name) for name in fields}
    other = Reminder.objects.create(**values, channel="sms", try_at=row.try_at)
    # What it says does not depend on where it goes, and no number is needed to see it.
    other.channel = "email"
    return other


def asked_for(row, clock):
    clock.move_to(NOW + timedelta(hours=1), tick=False)
    return reminder_resend(reminder=row, by=row.counsellor.user, now=NOW + timedelta(hours=1))


@pytest.mark.parametrize("how", [asked_for, lambda row, clock: twin(row)])
def test_a_first_confirmation_is_no_new_time(service, anna, clock, how):
    consultation_book(service=service, client=anna, starts_at=START)
    said = message_of(Reminder.objects.get(kind="consultation_confirmed"))
    again = message_of(how(sent("consultation_confirmed"), clock))
    assert (again.subject, again.short) == (said.subject, said.short)


@pytest.mark.parametrize("how", [asked_for, lambda row, clock: twin(row)])
def test_a_new_time_is_one_each_time(service, anna, clock, how):
    booked = consultation_book(service=service, client=anna, starts_at=START)
    sent("consultation_confirmed")
    consultation_reschedule(consultation=booked, starts_at=START + timedelta(days=1))
    row = Reminder.objects.get(
        kind__in=["consultation_confirmed", "consultation_moved"], state="queued"
    )
    said = message_of(row)
    again = message_of(how(sent(row.kind), clock))
    assert "new time" in said.subject
    assert (again.subject, again.short) == (said.subject, said.short)


@pytest.mark.parametrize("how", [asked_for, lambda row, clock: twin(row)])
def test_a_first_request_is_no_other_one(service, anna, clock, how):
    asked = make_consultation(client=anna, service=service, starts_at=START, status="pending")
    plan_request(asked, NOW)
    said = message_of(Reminder.objects.get(kind="consultation_requested"))
    again = message_of(how(sent("consultation_requested"), clock))
    assert (again.subject, again.short) == (said.subject, said.short)
