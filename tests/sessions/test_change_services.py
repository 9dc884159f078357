from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
import time_machine

from clients.models import Invitation
from counsel.common.errors import ConflictError, DomainError
from counsel.reminders.models import Reminder, State
from sessions.models import Consultation, Side, Status
from sessions.planning import GRACE
from sessions.services import (
    consultation_cancel,
    consultation_complete,
    consultation_confirm,
    consultation_decline,
    consultation_mark_no_show,
    consultation_reschedule,
)
from tests.factories import make_consultation
from tests.sessions.asking import MONDAY_TEN, NOW, ledger, make_open_service, request

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


# --- Confirming and declining ------------------------------------------------------------


def test_confirming_sends_the_confirmation_and_takes_the_rest_back():
    asked = request(make_open_service(instant=False))
    consultation_confirm(consultation=asked)
    asked.refresh_from_db()
    assert (asked.status, asked.version) == (Status.CONFIRMED, 2)
    assert ledger(asked, state=State.QUEUED) == [
        ("consultation_confirmed", State.QUEUED),
        ("consultation_reminder", State.QUEUED),
    ]
    assert Invitation.objects.count() == 1


def test_declining_gives_the_time_free_and_tells_the_client():
    asked = request(make_open_service(instant=False))
    consultation_decline(consultation=asked)
    assert asked.status == Status.DECLINED
    assert ledger(asked, state=State.QUEUED) == [("consultation_declined", State.QUEUED)]
    assert request(asked.service, email="ben@example.org").starts_at == MONDAY_TEN


def test_nobody_hears_of_a_change_while_it_may_be_undone():
    asked = request(make_open_service(instant=False))
    consultation_confirm(consultation=asked)
    mail = Reminder.objects.get(kind="consultation_confirmed")
    assert mail.due_at == NOW + GRACE
    assert Reminder.objects.get(kind="invitation").due_at == NOW + GRACE


def test_news_of_what_begins_in_a_minute_is_not_too_late(clock):
    booked = make_consultation(starts_at=MONDAY_TEN)
    clock.move_to(MONDAY_TEN - timedelta(minutes=1))
    consultation_cancel(consultation=booked, by="counsellor")
    mail = Reminder.objects.get(kind="consultation_cancelled")
    assert mail.not_after > mail.due_at > MONDAY_TEN


def test_a_reminder_is_not_due_before_the_mail_about_the_change(clock):
    booked = make_consultation(starts_at=MONDAY_TEN)
    later = MONDAY_TEN + timedelta(hours=2)
    clock.move_to(later - timedelta(hours=24, minutes=2))
    consultation_reschedule(consultation=booked, starts_at=later)
    assert ledger(booked) == [("consultation_confirmed", State.QUEUED)]


@pytest.mark.parametrize(
    ("change", "before"),
    [
        (consultation_confirm, "pending"),
        (consultation_decline, "pending"),
        (partial(consultation_cancel, by=Side.COUNSELLOR), "confirmed"),
    ],
)
def test_words_are_kept_for_the_client(change, before):
    consultation = make_consultation(starts_at=MONDAY_TEN, status=before)
    change(consultation=consultation, words="  Until soon. ")
    assert Consultation.objects.get().words == "Until soon."


def test_every_change_leaves_a_row_that_says_what_was():
    asked = request(make_open_service(instant=False))
    consultation_confirm(consultation=asked)
    consultation_reschedule(consultation=asked, starts_at=MONDAY_TEN + timedelta(hours=2))
    consultation_cancel(consultation=asked, by=Side.CLIENT)
    fields = ("version", "by", "action", "from_status", "to_status", "from_starts_at", "at")
    assert list(asked.changes.values_list(*fields)) == [
        (2, "counsellor", "confirmed", "pending", "confirmed", MONDAY_TEN, NOW),
        (3, "counsellor", "moved", "confirmed", "confirmed", MONDAY_TEN, NOW),
        (
            *(4, "client", "cancelled", "confirmed", "cancelled_by_client"),
            *(MONDAY_TEN + timedelta(hours=2), NOW),
        ),
    ]


# --- Cancelling and holding ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("hours_before", "status"),
    [
        (25, Status.CANCELLED_BY_CLIENT),
        (24, Status.CANCELLED_BY_CLIENT),
        (23, Status.CANCELLED_LATE),
    ],
)
def test_a_client_cancels_in_time_or_late(clock, hours_before, status):
    booked = make_consultation(starts_at=MONDAY_TEN, cancel_notice=24)
    clock.move_to(MONDAY_TEN - timedelta(hours=hours_before))
    consultation_cancel(consultation=booked, by="client")
    assert Consultation.objects.get().status == status


def test_taking_back_what_was_only_asked_for_is_never_late(clock):
    asked = make_consultation(starts_at=MONDAY_TEN, status="pending")
    clock.move_to(MONDAY_TEN - timedelta(hours=1))
    consultation_cancel(consultation=asked, by="client")
    assert asked.status == Status.CANCELLED_BY_CLIENT


def test_a_client_cancels_nothing_that_has_begun(clock):
    booked = make_consultation(starts_at=MONDAY_TEN)
    clock.move_to(MONDAY_TEN)
    with pytest.raises(DomainError):
        consultation_cancel(consultation=booked, by="client")
    assert Consultation.objects.get().status == Status.CONFIRMED


def test_cancelling_withdraws_every_reminder_and_says_so():
    booked = request(make_open_service())
    consultation_cancel(consultation=booked, by="counsellor")
    assert booked.status == Status.CANCELLED_BY_COUNSELLOR
    assert ledger(booked) == [
        ("consultation_cancelled", State.QUEUED),
        ("consultation_confirmed", State.CANCELLED),
        ("consultation_reminder", State.CANCELLED),
    ]


@pytest.mark.parametrize(
    ("settle", "status"),
    [
        (consultation_complete, Status.COMPLETED),
        (consultation_mark_no_show, Status.NO_SHOW),
    ],
)
@pytest.mark.parametrize("before", ["confirmed", "pending"])
def test_it_is_held_or_not_only_once_it_has_begun(clock, settle, status, before):
    """One that the counsellor forgot to confirm, too."""
    booked = make_consultation(starts_at=MONDAY_TEN, status=before)
    with pytest.raises(DomainError):
        settle(consultation=booked)
    clock.move_to(MONDAY_TEN)
    settle(consultation=booked)
    assert Consultation.objects.get().status == status


# --- Compare and swap ---------------------------------------------------------------------

CHANGES = {
    "confirm": consultation_confirm,
    "decline": consultation_decline,
    "cancel": lambda consultation: consultation_cancel(consultation=consultation, by="client"),
    "move": lambda consultation: consultation_reschedule(
        consultation=consultation, starts_at=MONDAY_TEN + timedelta(hours=3)
    ),
}


@pytest.mark.parametrize("loser", CHANGES)
@pytest.mark.parametrize("winner", CHANGES)
def test_of_two_who_saw_the_same_only_one_changes_it(winner, loser):
    seen_by_one = make_consultation(starts_at=MONDAY_TEN, status="pending")
    seen_by_other = Consultation.objects.get()
    CHANGES[winner](consultation=seen_by_one)
    before = (Consultation.objects.values().get(), ledger(seen_by_one))
    with pytest.raises(ConflictError):
        CHANGES[loser](consultation=seen_by_other)
    assert (Consultation.objects.values().get(), ledger(seen_by_one)) == before


@pytest.mark.parametrize("status", [s for s in Status if s not in ("pending", "confirmed")])
def test_nothing_comes_back_from_an_end(status):
    ended = make_consultation(starts_at=MONDAY_TEN, status=status)
    for change in (*CHANGES.values(), consultation_complete, consultation_mark_no_show):
        with pytest.raises(DomainError):
            change(consultation=ended)
    assert Consultation.objects.get().status == status
