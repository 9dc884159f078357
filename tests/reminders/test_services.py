from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from counsel.reminders.models import Reminder, State
from counsel.reminders.services import reminders_withdraw

DUE = datetime(2030, 1, 6, 10, tzinfo=UTC)
LATER = DUE + timedelta(days=2)
times = {"due_at": DUE, "not_after": DUE + timedelta(hours=12)}
other_times = {"due_at": LATER, "not_after": LATER + timedelta(hours=12)}


def states():
    return list(Reminder.objects.order_by("due_at").values_list("state", flat=True))


def test_it_plans_a_reminder_once(plan):
    first, second = plan(**times), plan(**times)

    assert first.pk == second.pk
    assert states() == [State.QUEUED]
    assert first.due_at == first.try_at == DUE


@pytest.mark.parametrize("name", ["subject", "occurrence", "person", "offset_minutes"])
def test_it_plans_another_for_another(plan, name):
    plan(**times)
    plan(**times, **{name: -120 if name == "offset_minutes" else "other:1"})

    assert states() == [State.QUEUED, State.QUEUED]


def test_it_moves_one_that_waits(plan):
    plan(**times)
    moved = plan(**other_times)

    assert (moved.due_at, moved.try_at, moved.state) == (LATER, LATER, State.QUEUED)
    assert Reminder.objects.count() == 1


def test_it_keeps_a_retry_waiting_when_it_is_planned_again(plan):
    row = plan(**times)
    Reminder.objects.update(try_at=LATER, attempts=3)

    assert plan(**times).try_at == LATER
    row.refresh_from_db()
    assert row.attempts == 3


@pytest.mark.parametrize("state", [State.SENT, State.SKIPPED, State.FAILED, State.UNCERTAIN])
def test_it_leaves_alone_what_was_settled(plan, state):
    plan(**times)
    Reminder.objects.update(state=state, finished_at=DUE)

    assert plan(**other_times).state == state
    assert plan(**other_times).due_at == DUE


def test_it_leaves_alone_what_is_being_sent(plan):
    plan(**times)
    Reminder.objects.update(state=State.CLAIMED, lease_until=DUE)

    assert plan(**other_times).due_at == DUE


def test_it_refuses_a_kind_nobody_knows(plan):
    with pytest.raises(KeyError):
        plan(kind="unheard-of")
    assert not Reminder.objects.exists()


def test_it_leaves_nothing_of_a_change_that_is_rolled_back(plan):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        plan(**times)
        raise ZeroDivisionError

    assert not Reminder.objects.exists()


def test_it_withdraws_what_waits_and_says_why(plan):
    plan(**times)
    count = reminders_withdraw(subject="consultation:0", reason="cancelled by the client")

    row = Reminder.objects.get()
    assert (count, row.state, row.reason) == (1, State.CANCELLED, "cancelled by the client")
    assert row.finished_at


def test_it_withdraws_only_what_it_is_told_to(plan):
    plan(**times)
    plan(1, **times)
    plan(**times, occurrence="kept")

    withdrawn = {"subject": "consultation:0", "reason": "moved"}
    assert reminders_withdraw(**withdrawn, kinds=["other"]) == 0
    assert reminders_withdraw(**withdrawn, kinds=["knock"], keep_occurrence="kept") == 1
    assert Reminder.objects.get(state=State.CANCELLED).occurrence == ""


@pytest.mark.parametrize("state", [State.SENT, State.CLAIMED, State.UNCERTAIN])
def test_it_cannot_withdraw_what_is_under_way_or_gone(plan, state):
    plan(**times)
    lease = DUE if state == State.CLAIMED else None
    finished = DUE if state == State.SENT else None
    Reminder.objects.update(state=state, lease_until=lease, finished_at=finished)

    assert reminders_withdraw(subject="consultation:0", reason="too late") == 0
    assert states() == [state]


def test_it_revives_a_withdrawn_one(plan):
    """Moved away and back: the first time stands again."""
    first = plan(**times, occurrence="monday")
    reminders_withdraw(subject=first.subject, reason="moved")
    plan(**other_times, occurrence="wednesday")
    reminders_withdraw(subject=first.subject, reason="moved", keep_occurrence="monday")
    back = plan(**times, occurrence="monday")

    assert back.pk == first.pk
    assert (back.state, back.reason, back.finished_at) == (State.QUEUED, "", None)
    assert states() == [State.QUEUED, State.CANCELLED]


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("claimed_has_lease", "state = 'claimed'"),
        ("finished_when_settled", "state = 'sent'"),
        ("finished_when_settled", "finished_at = due_at"),
        ("times_in_order", "not_after = created_at"),
    ],
)
def test_the_database_refuses(plan, name, change):
    plan(**other_times)
    with (
        pytest.raises(IntegrityError, match=f"reminders_reminder_{name}"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE reminders_reminder SET {change}")  # noqa: S608


def test_the_database_refuses_a_second_one(plan):
    row = plan(**times)
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)
