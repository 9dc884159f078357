"""What many messages ask for is loaded for all of them at once, and not kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clients.models import Client
from clients.reach import person_of
from counsel.reminders import registry
from counsel.reminders.dispatch import Counts, dispatch_due
from counsel.reminders.models import Reminder, State
from sessions.kinds import REMINDER, subject_of
from sessions.models import Consultation
from sessions.reminding import start_mark
from tests.factories import make_client, make_consultation, make_service
from tests.reminders.conftest import ended


@pytest.fixture
def prepare(knock, monkeypatch):
    """Has the kind load something for each of its rows; returns what it did."""
    loads = []

    def prepare(rows):
        loads.append([row.subject for row in rows])
        for row in rows:
            row.at_hand["words"] = row.subject

    kind = replace(registry.get_kind("knock"), prepare=prepare)
    monkeypatch.setitem(registry._kinds, "knock", kind)
    return loads


def test_it_is_loaded_once_for_all_and_read_with_each(plan, knock, prepare, mailoutbox):
    read, message = [], knock.message
    knock.render = lambda row, reach: read.append(row.at_hand["words"]) or message
    subjects = sorted(plan(number).subject for number in range(3))
    dispatch_due()

    [loaded] = prepare
    assert sorted(loaded) == sorted(read) == subjects
    assert len(mailoutbox) == 3


def test_it_is_gone_once_they_are_written(plan, knock, prepare, mailoutbox):
    rows, message = [], knock.message
    knock.render = lambda row, reach: rows.append(row) or message
    plan()
    dispatch_due()

    assert [row.at_hand for row in rows] == [{}]


def test_what_waits_long_is_loaded_again(plan, prepare, monkeypatch, mailoutbox):
    monkeypatch.setattr("counsel.reminders.batch.FRESH_SECONDS", -1)
    plan(0), plan(1)
    dispatch_due()

    assert [len(rows) for rows in prepare] == [2, 1]


def test_one_that_cannot_be_loaded_keeps_none(plan, knock, monkeypatch, mailoutbox):
    kind = replace(registry.get_kind("knock"), prepare=lambda rows: 1 / 0)
    monkeypatch.setitem(registry._kinds, "knock", kind)
    plan(0), plan(1)

    assert dispatch_due() == Counts(taken=2, sent=2)


def test_a_database_that_is_away_ends_the_batch(plan, knock, monkeypatch, mailoutbox):
    def away(rows):
        raise OperationalError

    kind = replace(registry.get_kind("knock"), prepare=away)
    monkeypatch.setitem(registry._kinds, "knock", kind)
    row = plan()
    with pytest.raises(OperationalError):
        dispatch_due()

    assert ended(row) == (State.QUEUED, "") and not mailoutbox


def test_a_slow_server_has_fewer_written_ahead(plan, knock, monkeypatch, mailoutbox):
    """What was written and not sent in time has to be written again: that is not done for all."""
    written, message, now = [], knock.message, [0.0]
    knock.render = lambda row, reach: written.append(row.pk) or message
    monkeypatch.setattr("counsel.reminders.batch.AHEAD", 8)
    monkeypatch.setattr("counsel.reminders.batch.time.monotonic", lambda: now[0])

    def slow(self, parcel):
        now[0] += 0.6

    monkeypatch.setattr("counsel.reminders.carriers.email.EmailCarrier.send", slow)
    for number in range(16):
        plan(number)

    assert dispatch_due() == Counts(taken=16, sent=16)
    # Four go within two seconds: eight at first, then four at a time.
    assert len(written) == 8 + 12


# --- Reminders of consultations -----------------------------------------------------------


@pytest.fixture
def remind(db):
    """One reminder that is due, of a consultation of a client of its own."""
    now = timezone.now()
    zone = f"Etc/GMT{now.hour - 12:+d}"
    service = make_service()

    def remind(number):
        person = make_client(counsellor=service.counsellor, time_zone=zone)
        starts_at = now + timedelta(days=1, hours=number)
        held = make_consultation(client=person, service=service, starts_at=starts_at)
        return Reminder.objects.create(
            counsellor=service.counsellor,
            kind=REMINDER,
            subject=subject_of(held),
            occurrence=start_mark(held),
            person=person_of(person),
            offset_minutes=-24 * 60,
            due_at=now,
            try_at=now,
            not_after=now + timedelta(hours=9),
        )

    return remind


def _reads(count):
    with CaptureQueriesContext(connection) as asked:
        assert dispatch_due() == Counts(taken=count, sent=count)
    return len([query for query in asked if query["sql"].startswith("SELECT")])


def test_many_are_read_with_the_queries_of_one(remind, mailoutbox):
    remind(0)
    of_one = _reads(1)
    for number in range(1, 6):
        remind(number)

    assert _reads(5) == of_one
    assert len({mail.to[0] for mail in mailoutbox}) == 6


def test_what_is_not_there_any_more_keeps_none(remind, mailoutbox):
    rows = [remind(number) for number in range(3)]
    Consultation.objects.filter(pk=rows[0].subject_id).delete()
    Client.objects.filter(pk=rows[1].person.partition(":")[2]).update(
        email_refused_at=timezone.now()
    )
    dispatch_due()

    assert ended(rows[0]) == (State.SKIPPED, "what it was about is not there any more")
    assert ended(rows[1]) == (State.SKIPPED, "their address takes no mails")
    assert ended(rows[2]) == (State.SENT, "")
