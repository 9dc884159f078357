"""Undoing within the grace: everything as before, and nobody was told anything."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from clients.models import Invitation
from counsel.common.errors import ConflictError, DomainError
from counsel.reminders import claims
from counsel.reminders.models import Reminder, State
from counsel.reminders.registry import get_kind
from sessions.changes import is_as_in, undoable
from sessions.models import Consultation, ConsultationChange, Side, Status
from sessions.planning import GRACE
from sessions.services import (
    OverlapRefused,
    consultation_book,
    consultation_cancel,
    consultation_complete,
    consultation_confirm,
    consultation_decline,
    consultation_mark_no_show,
    consultation_reschedule,
    consultation_undo,
)
from tests.factories import make_client, make_consultation, make_portal_client, make_service
from tests.sessions.asking import MONDAY_TEN, NOW, ledger

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
LATER = MONDAY_TEN + timedelta(hours=2)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def booked():
    """One whose confirmation went out an hour ago."""
    with time_machine.travel(NOW - timedelta(hours=1), tick=False):
        client = make_portal_client()
        service = make_service(counsellor=client.counsellor, buffer_after=10)
        consultation = consultation_book(service=service, client=client, starts_at=MONDAY_TEN)
    sent("consultation_confirmed")
    return consultation


@pytest.fixture
def asked():
    return make_consultation(client=make_portal_client(), starts_at=MONDAY_TEN, status="pending")


def sent(kind):
    Reminder.objects.filter(kind=kind, state=State.QUEUED).update(
        state=State.SENT, finished_at=NOW, handed_over_at=NOW
    )


def going_out(consultation):
    """The kinds that will be sent: they wait, and their subject still wants them."""
    waiting = Reminder.objects.filter(
        subject=f"consultation:{consultation.pk}", state=State.QUEUED
    ).order_by("kind")
    return [row.kind for row in waiting if not get_kind(row.kind).still_wanted(row, NOW)]


def undo(consultation, by=Side.COUNSELLOR):
    return consultation_undo(consultation=consultation, by=by)


def facts(consultation):
    row = Consultation.objects.get(pk=consultation.pk)
    times = (row.starts_at, row.ends_at, row.held_from, row.held_until)
    return (*times, row.status, row.overlap_reason, row.words)


def move(consultation):
    return consultation_reschedule(consultation=consultation, starts_at=LATER)


def cancel(consultation):
    return consultation_cancel(consultation=consultation, by=Side.COUNSELLOR, words="I am ill.")


# --- What comes back ----------------------------------------------------------------------


@pytest.mark.parametrize("change", [move, cancel])
def test_undoing_brings_back_time_and_reminder_and_tells_nobody(booked, clock, change):
    before = facts(booked)
    change(booked)
    clock.shift(GRACE - SECOND)
    undo(booked)
    assert facts(booked) == before
    assert going_out(booked) == ["consultation_reminder"]
    assert booked.version == 3


def test_a_message_that_was_just_being_sent_and_found_the_change_goes_out(booked, clock):
    clock.move_to(MONDAY_TEN - timedelta(days=1))
    (reminder,) = claims.claim(timezone.now(), 1)
    cancel(booked)
    skip = get_kind(reminder.kind).still_wanted(reminder, timezone.now())
    claims.settle_skipped(reminder, timezone.now(), skip.reason)
    undo(booked)
    assert going_out(booked) == ["consultation_reminder"]


@pytest.mark.parametrize("change", [consultation_confirm, consultation_decline])
def test_an_answer_to_a_request_is_taken_back_with_its_words(asked, change):
    before = facts(asked)
    change(consultation=asked, words="See you there.")
    undo(asked)
    assert facts(asked) == before
    assert going_out(asked) == []


def test_words_of_before_come_back(booked):
    booked.words = "Please bring the letter."
    booked.save()
    cancel(booked)
    assert Consultation.objects.get().words == "I am ill."
    undo(booked)
    assert Consultation.objects.get().words == "Please bring the letter."


@pytest.mark.parametrize("settle", [consultation_complete, consultation_mark_no_show])
def test_what_was_noted_by_mistake_is_taken_back(booked, clock, settle):
    clock.move_to(MONDAY_TEN + timedelta(hours=1))
    settle(consultation=booked)
    undo(booked)
    assert Consultation.objects.get().status == Status.CONFIRMED


def test_a_client_takes_back_a_cancelling_and_the_counsellor_hears_of_neither(booked):
    sent("counsellor_request")
    consultation_cancel(consultation=booked, by=Side.CLIENT)
    undo(booked, Side.CLIENT)
    assert going_out(booked) == ["consultation_reminder"]


def test_a_fresh_bookings_own_mail_still_goes_out_once():
    client = make_portal_client()
    service = make_service(counsellor=client.counsellor)
    booked = consultation_book(service=service, client=client, starts_at=MONDAY_TEN)
    cancel(booked)
    undo(booked)
    assert going_out(booked) == ["consultation_confirmed", "consultation_reminder"]


def test_cancelled_again_after_undoing_there_is_one_mail(booked):
    cancel(booked)
    undo(booked)
    cancel(booked)
    assert going_out(booked) == ["consultation_cancelled"]
    undo(booked)
    assert going_out(booked) == ["consultation_reminder"]


def test_moved_again_after_undoing_there_is_one_mail_and_one_reminder(booked):
    for _time in range(2):
        move(booked)
        undo(booked)
    move(booked)
    assert going_out(booked) == ["consultation_moved", "consultation_reminder"]


def test_a_reminder_that_was_sent_is_not_sent_again(booked, clock):
    clock.move_to(MONDAY_TEN - timedelta(hours=20))
    sent("consultation_reminder")
    cancel(booked)
    undo(booked)
    assert going_out(booked) == []


def test_a_reminder_due_in_the_grace_is_late_but_not_lost(booked, clock):
    clock.move_to(MONDAY_TEN - timedelta(hours=24) - SECOND)
    cancel(booked)
    clock.shift(2 * SECOND)
    undo(booked)
    assert going_out(booked) == ["consultation_reminder"]


def test_an_invitation_goes_back_too_and_comes_with_the_next_confirming():
    asked = make_consultation(client=make_client(), starts_at=MONDAY_TEN, status="pending")
    consultation_confirm(consultation=asked)
    undo(asked)
    assert not Reminder.objects.filter(state=State.QUEUED).exists()
    consultation_confirm(consultation=asked)
    (reminder,) = Reminder.objects.filter(kind="invitation", state=State.QUEUED)
    assert reminder.due_at == NOW + GRACE
    assert Invitation.objects.filter(expires_at__gt=NOW).count() == 1


def test_a_link_mailed_before_holds_again_and_that_of_the_change_does_not(booked):
    move(booked)
    assert not is_as_in(booked, 1)
    undo(booked)
    assert [is_as_in(booked, version) for version in (1, 2, 3, 4)] == [True, False, True, False]


# --- What is refused ----------------------------------------------------------------------


def test_after_the_grace_it_stays(booked, clock):
    cancel(booked)
    clock.shift(GRACE)
    with pytest.raises(DomainError, match="can't be undone any more"):
        undo(booked)
    assert Consultation.objects.get().status == Status.CANCELLED_BY_COUNSELLOR


def test_what_went_out_early_cannot_be_undone(booked):
    cancel(booked)
    sent("consultation_cancelled")
    with pytest.raises(DomainError, match="message about it has gone out"):
        undo(booked)
    assert Consultation.objects.get().version == 2
    assert ("consultation_reminder", State.CANCELLED) in ledger(booked)


def test_each_side_undoes_its_own(booked):
    cancel(booked)
    assert undoable(booked, Side.CLIENT, NOW) is None
    with pytest.raises(DomainError):
        undo(booked, Side.CLIENT)


def test_an_undoing_is_not_undone(booked):
    cancel(booked)
    undo(booked)
    with pytest.raises(DomainError):
        undo(booked)


def test_a_fresh_one_has_nothing_to_undo(booked):
    with pytest.raises(DomainError):
        undo(booked)


def test_a_page_that_is_out_of_date_undoes_nothing(booked):
    move(booked)
    seen = Consultation.objects.get()
    consultation_cancel(consultation=booked, by=Side.COUNSELLOR)
    with pytest.raises(DomainError):
        undo(seen)


@pytest.mark.parametrize("change", [move, cancel])
def test_a_time_that_has_gone_stays_gone_in_words(booked, change):
    change(booked)
    other = make_client(counsellor=booked.counsellor)
    make_consultation(client=other, service=booked.service, starts_at=MONDAY_TEN)
    before = (facts(booked), ledger(booked))
    with pytest.raises(OverlapRefused, match="given to somebody else"):
        undo(booked)
    assert (facts(booked), ledger(booked)) == before


def test_of_two_who_undo_one_does(booked):
    cancel(booked)
    seen = Consultation.objects.get()
    undo(booked)
    with pytest.raises(DomainError):
        undo(seen)
    assert ConsultationChange.objects.count() == 2


def test_undoing_and_changing_do_not_both_happen(booked):
    move(booked)
    seen = Consultation.objects.get()
    undo(booked)
    with pytest.raises(ConflictError):
        cancel(seen)
