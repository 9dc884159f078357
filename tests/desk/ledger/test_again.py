"""Sending a message again from the desk; the rules are tested in tests/reminders/test_again.py."""

from __future__ import annotations

import pytest
import time_machine

from counsel.audit.models import AccessEvent
from counsel.reminders.dispatch import run_due
from counsel.reminders.models import Reminder
from tests.desk.ledger.planning import DAY, HOUR, NOW, book, message_at
from tests.factories import make_client
from tests.sessions.reading import text

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def anna(client):
    anna = make_client(name="Anna", email="anna@example.org")
    client.force_login(anna.counsellor.user)
    return anna


@pytest.fixture
def settled(anna):
    """A confirmation that came to its end an hour ago."""

    def settled(state):
        book(anna)
        rows = Reminder.objects.filter(kind="consultation_confirmed")
        handed_over = {"handed_over_at": NOW - HOUR} if state != "failed" else {}
        rows.update(state=state, finished_at=NOW - HOUR, **handed_over)
        return rows.get()

    return settled


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("failed", "It is tried again, as often as a new one."),
        ("uncertain", "They may have it already."),
        ("sent", "It has been sent. A second copy goes out"),
    ],
)
def test_it_says_what_will_happen_before_it_does(client, settled, state, words):
    row = settled(state)
    assert words in text(client.get(message_at(row, "again")))
    row.refresh_from_db()
    assert (row.state, row.asked_again) == (state, 0)


@pytest.mark.parametrize("state", ["failed", "uncertain", "sent"])
def test_it_goes_out_and_the_ledger_says_who_asked(client, settled, state, mailoutbox):
    row = settled(state)
    page = client.post(message_at(row, "again"), follow=True)
    assert "It goes out within a minute or two." in text(page)
    assert "Asked for again Thu 3 Jan, 09:00 by" in text(page)
    run_due(NOW)
    assert [mail.to for mail in mailoutbox] == [["anna@example.org"]]
    assert set(
        Reminder.objects.filter(kind="consultation_confirmed").values_list("state", flat=True)
    ) == {"sent"}


def test_the_change_leaves_an_event(client, settled, anna):
    row = settled("failed")
    client.post(message_at(row, "again"))
    [event] = AccessEvent.objects.filter(verb="change")
    assert (event.subject_id, event.client_id) == (row.pk, anna.pk)
    assert event.actor == anna.counsellor.user


def test_a_second_press_changes_nothing_and_says_so(client, settled):
    row = settled("sent")
    client.post(message_at(row, "again"))
    page = client.post(message_at(row, "again"), follow=True)
    assert "A copy of it is waiting already." in text(page)
    assert Reminder.objects.filter(kind="consultation_confirmed").count() == 2


def test_what_is_past_is_refused_in_words(client, settled, clock, mailoutbox):
    row = settled("failed")
    clock.move_to(NOW + 5 * DAY, tick=False)
    assert "It cannot be sent again now." in text(client.get(message_at(row, "again")))
    assert "What it is about is over." in text(client.post(message_at(row, "again"), follow=True))
    row.refresh_from_db()
    assert (row.state, row.asked_again) == ("failed", 0)


def test_a_look_at_the_question_is_no_answer(client, settled):
    row = settled("failed")
    client.head(message_at(row, "again"))
    client.get(message_at(row, "again"))
    row.refresh_from_db()
    assert row.state == "failed"
