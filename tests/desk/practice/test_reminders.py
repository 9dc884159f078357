from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from counsel.desk.practice.reminders import reminders_in
from counsel.reminders.models import Heartbeat, Reminder
from tests.desk.practice.reading import LONDON, NOW, SPAN, texts
from tests.factories import make_counsellor, make_manager

pytestmark = pytest.mark.django_db


def plan(state="sent", due_at=NOW - timedelta(days=1), kind="consultation_reminder", **fields):
    fields.setdefault("counsellor", None)
    fields["counsellor"] = fields["counsellor"] or make_counsellor()
    is_open = state in ("queued", "claimed")
    return Reminder.objects.create(
        kind=kind,
        subject=f"consultation:{Reminder.objects.count()}",
        person="client:somebody",
        state=state,
        due_at=due_at,
        try_at=due_at,
        not_after=due_at + timedelta(days=3),
        lease_until=NOW if state == "claimed" else None,
        finished_at=None if is_open else due_at,
        **fields,
    )


def figures(user=None):
    return reminders_in(SPAN, user or make_manager(), NOW, LONDON)


def test_it_tells_what_became_of_what_fell_due():
    for state in ("sent", "sent", "skipped", "failed", "uncertain", "claimed", "cancelled"):
        plan(state)
    plan("failed", kind="practice_today")
    plan("sent", NOW - timedelta(days=40))
    plan("queued", NOW + timedelta(hours=1))
    assert texts(figures().kinds) == {
        "Appointment reminder, by e-mail": ["6", "2", "1", "1", "1", "1"],
        "Practice reminder, by e-mail": ["1", "0", "0", "1", "0", "0"],
        "All by e-mail": ["7", "2", "1", "2", "1", "1"],
    }


def test_each_channel_has_rows_of_its_own_and_its_sum():
    plan("sent", channel="push")
    plan("sent")
    for kind in ("consultation_reminder", "practice_today"):
        plan("failed", channel="sms", kind=kind)
    assert list(texts(figures().kinds)) == [
        "Appointment reminder, by e-mail",
        "All by e-mail",
        "Appointment reminder, by text message",
        "Practice reminder, by text message",
        "All by text message",
        "Appointment reminder, by notification",
        "All by notification",
    ]


def test_each_number_leads_to_as_many_rows_of_the_ledger(client):
    for state in ("sent", "failed", "failed", "queued", "cancelled", "uncertain"):
        plan(state)
    for state in ("sent", "failed", "skipped"):
        plan(state, channel="sms")
    plan("failed", kind="practice_today")
    plan("failed", NOW - timedelta(days=40))
    plan("queued", NOW + timedelta(days=4))
    manager = make_manager()
    found = figures(manager)
    cells = [cell for row in found.kinds.rows for cell in row.cells]
    numbers = [(cell.text, cell.url) for cell in cells if cell.text != "0"]
    # As of the same moment.
    with time_machine.travel(NOW, tick=False):
        client.force_login(manager)
        for text, url in [*numbers, (str(found.late), found.late_url)]:
            rows = client.get(url).context["cl"].result_count
            assert (str(rows), url) == (text, url)


def test_it_says_what_is_late_since_when_and_when_it_was_last_looked_for():
    first = plan("queued", NOW - timedelta(days=60))
    plan("claimed", NOW - timedelta(minutes=1))
    Heartbeat.objects.create(name="send", at=NOW - timedelta(hours=3))
    found = figures()
    assert (found.late, found.oldest_late) == (2, first.due_at)
    assert found.last_run == NOW - timedelta(hours=3)


def test_nothing_is_late_where_there_is_nothing():
    found = figures()
    assert (found.is_empty, found.late, found.oldest_late, found.last_run) == (
        True,
        0,
        None,
        None,
    )


def test_a_manager_with_clients_does_not_learn_who_had_to_be_reminded_to_practise():
    maya = make_counsellor(user=make_manager())
    plan("cancelled", kind="practice_today")
    plan("skipped", kind="practice_today")
    assert figures(maya.user).is_empty
    plan("failed", kind="practice_today")
    assert texts(figures(maya.user).kinds)["All by e-mail"][0] == "1"
