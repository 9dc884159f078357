"""A database that takes its time: what is cut off took nothing, and nobody waits for ever."""

from __future__ import annotations

import threading
from contextlib import contextmanager

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from counsel.reminders import patience
from counsel.reminders.claims import claim
from counsel.reminders.dispatch import Counts, send_due
from counsel.reminders.models import Reminder, State
from tests.reminders.conftest import ended
from tests.roles import as_owner

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]

SLOW = """
CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN PERFORM pg_sleep(30); RETURN NEW; END $$;
CREATE TRIGGER slow BEFORE UPDATE ON reminders_reminder FOR EACH ROW
  WHEN (NEW.state = 'claimed' AND OLD.state = 'queued') EXECUTE FUNCTION slow();
"""


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(patience, "STATEMENT_SECONDS", 2)
    monkeypatch.setattr(patience, "LOCK_SECONDS", 1)
    connection.close()
    yield
    connection.close()


@contextmanager
def slow_claims():
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(SLOW)
    yield
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER slow ON reminders_reminder; DROP FUNCTION slow()")


def test_a_claim_that_is_cut_off_took_nothing(plan, mailoutbox):
    row = plan()
    with slow_claims(), pytest.raises(OperationalError):
        send_due()
    assert (*ended(row), row.attempts) == (State.QUEUED, "", 0)

    assert send_due() == Counts(taken=1, sent=1)
    assert len(mailoutbox) == 1


def test_a_row_that_somebody_holds_for_long_keeps_nobody_else_waiting(plan, mailoutbox):
    """A lost worker's, that a sweep would settle, and one that is due: both locked."""
    lost, due, free = (plan(number) for number in range(3))
    claim(timezone.now(), 1)
    Reminder.objects.filter(state=State.CLAIMED).update(lease_until=timezone.now())
    ready, over = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            list(Reminder.objects.filter(pk__in=[lost.pk, due.pk]).select_for_update())
            ready.set()
            over.wait(30)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        assert ready.wait(10)
        assert send_due().sent == 1
    finally:
        over.set()
        holder.join()
    assert ended(free)[0] == State.SENT and len(mailoutbox) == 1
