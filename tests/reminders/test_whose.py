"""A row of the ledger about one caseload goes to nobody of another, and tasks are given no ids."""

from __future__ import annotations

import inspect
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.conf import settings

from counsel.celery import app
from counsel.reminders.dispatch import dispatch_due
from counsel.reminders.models import Reminder, State
from counsel.reminders.registry import kinds
from tests.caseloads import START, make_caseload
from tests.factories import make_consent_document

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 1, 7, 8, tzinfo=UTC)


def test_no_task_takes_an_id_so_none_can_be_given_a_wrong_one():
    app.loader.import_default_modules()
    ours = {name: task for name, task in app.tasks.items() if not name.startswith("celery.")}
    assert {"counsel.reminders.tasks.tick", "sessions.tasks.calendars_fetch"} <= ours.keys()
    for task in ours.values():
        assert not inspect.signature(task.run).parameters, task.name
    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        assert not entry.get("args")
        assert not entry.get("kwargs")


@pytest.fixture(scope="module")
def _moment():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def caseloads(_moment, db):
    make_consent_document()
    return make_caseload("Canary-7Q"), make_caseload("Canary-8R")


def subjects_of(caseload):
    """All that a message may be about, as the ledger names it."""
    return {
        "consultation": caseload.consultation.pk,
        "series": caseload.series.pk,
        "request": caseload.asking.pk,
        "flag": caseload.flag.pk,
        "practice": caseload.client.pk,
        "cover": caseload.cover.pk,
        "handover": caseload.handover.pk,
    }


def test_a_message_about_anothers_row_goes_to_nobody(caseloads):
    mine, theirs = caseloads
    readers = (f"client:{mine.client.pk}", f"counsellor:{mine.counsellor.pk}")
    rows = [
        Reminder(
            counsellor=mine.counsellor,
            kind=kind.key,
            subject=f"{name}:{key}",
            occurrence="2030-01-07",
            person=person,
            due_at=NOW - timedelta(minutes=1),
            try_at=NOW - timedelta(minutes=1),
            not_after=START,
        )
        for kind in kinds()
        for name, key in subjects_of(theirs).items()
        for person in readers
    ]
    Reminder.objects.bulk_create(rows)
    dispatch_due(NOW, limit=len(rows) + 100)
    after = Reminder.objects.these(*rows)
    assert [(row.kind, row.subject) for row in after if row.handed_over_at] == []
    # The ledger says why; what cannot be read at all is tried again, in vain.
    assert all(row.reason for row in after)
    assert {row.state for row in after} <= {State.SKIPPED, State.FAILED, State.QUEUED}
