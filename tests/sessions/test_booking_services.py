from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from clients.models import Client, Consent, Invitation
from counsel.accounts.models import Counsellor
from counsel.common.errors import ConflictError, DomainError
from counsel.reminders.models import Reminder, State
from sessions.models import Consultation, Status
from sessions.services import (
    OverlapRefused,
    consultation_book,
)
from tests.factories import (
    make_client,
    make_consent_document,
    make_consultation,
    make_portal_client,
    make_rule,
    make_service,
)
from tests.sessions.asking import MONDAY_TEN, NOW, ask, ledger, make_open_service, request

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def test_it_books_an_open_time_with_the_terms_of_that_moment():
    service = make_open_service(buffer_before=5, cancel_notice=48, fee=60, currency="EUR")
    booked = request(service)
    booked.refresh_from_db()
    assert booked.status == Status.CONFIRMED
    assert booked.ends_at - booked.starts_at == timedelta(minutes=50)
    assert booked.held_from == MONDAY_TEN - timedelta(minutes=5)
    assert booked.held_until == MONDAY_TEN + timedelta(minutes=60)
    assert (booked.time_zone, booked.cancel_notice, booked.fee) == ("Asia/Kolkata", 48, 60)


def test_it_makes_the_visitor_a_client_who_agreed():
    service = make_open_service()
    document = make_consent_document()
    request(service, consent=document)
    client_record = Client.objects.get()
    assert client_record.counsellor == service.counsellor
    assert client_record.status == Client.Status.PROSPECTIVE
    assert Consent.objects.get(client=client_record).document == document


def test_it_confirms_reminds_and_invites():
    booked = request(make_open_service())
    assert ledger(booked) == [
        ("consultation_confirmed", State.QUEUED),
        ("consultation_reminder", State.QUEUED),
    ]
    reminder = Reminder.objects.get(kind="consultation_reminder")
    assert reminder.due_at == MONDAY_TEN - timedelta(hours=24)
    assert Invitation.objects.count() == 1


def test_it_does_not_invite_who_uses_the_portal():
    anna = make_portal_client(email="Anna@example.org")
    make_rule(counsellor=anna.counsellor)
    request(make_service(counsellor=anna.counsellor), email="anna@EXAMPLE.org")
    assert Invitation.objects.count() == 0
    assert Client.objects.count() == 1


@pytest.mark.parametrize("is_signed_in", [True, False])
def test_nobody_else_agrees_for_a_client_with_a_page_of_their_own(is_signed_in):
    anna = make_portal_client(email="anna@example.org")
    make_rule(counsellor=anna.counsellor)
    service = make_service(counsellor=anna.counsellor)
    request(service, signed_in=anna.user if is_signed_in else None)
    assert anna.consents.count() == is_signed_in


def test_answers_are_kept_with_what_was_booked():
    asked = [{"question": "Where?", "answer": "مها 🌿"}]
    booked = request(make_open_service(), intake=asked)
    assert Consultation.objects.get(pk=booked.pk).intake == asked


def test_a_request_waits_and_promises_nothing():
    asked = request(make_open_service(instant=False))
    assert asked.status == Status.PENDING
    assert ledger(asked) == [
        ("consultation_requested", State.QUEUED),
        ("counsellor_request", State.QUEUED),
    ]
    assert Invitation.objects.count() == 0


@pytest.mark.parametrize(
    "starts_at",
    [
        MONDAY_TEN + timedelta(minutes=1),
        MONDAY_TEN + timedelta(seconds=1),
        MONDAY_TEN - timedelta(hours=2),
        MONDAY_TEN + timedelta(days=1),
        MONDAY_TEN + timedelta(days=70),
        NOW - timedelta(days=3),
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, tzinfo=UTC),
    ],
)
def test_it_refuses_times_no_page_offered(starts_at):
    service = make_open_service()
    with pytest.raises(ConflictError):
        request(service, starts_at)
    assert not Consultation.objects.exists()
    assert not Client.objects.exists()


@pytest.mark.parametrize(("hours", "is_open"), [(25, True), (24, True), (23, False)])
def test_minimum_notice_holds_for_a_forged_request(clock, hours, is_open):
    service = make_open_service(minimum_notice=24)
    clock.move_to(MONDAY_TEN - timedelta(hours=hours))
    if is_open:
        assert request(service)
    else:
        with pytest.raises(ConflictError):
            request(service)


def test_the_daily_maximum_holds():
    service = make_open_service(daily_maximum=1)
    request(service)
    with pytest.raises(ConflictError):
        request(service, MONDAY_TEN + timedelta(hours=3), email="ben@example.org")


def test_a_taken_time_is_refused_in_words():
    service = make_open_service()
    request(service)
    with pytest.raises(ConflictError, match="just been taken"):
        request(service, email="ben@example.org", idempotency_key="b" * 32)
    assert Client.objects.count() == 1


def test_the_same_request_answers_with_the_same_consultation():
    service, document = make_open_service(), make_consent_document()
    first = request(service, consent=document)
    again = request(service, consent=document)
    assert again == first
    assert Consultation.objects.count() == 1
    assert Reminder.objects.filter(kind="consultation_confirmed").count() == 1


@pytest.mark.parametrize(
    "other", [{"email": "ben@example.org"}, {"starts_at": MONDAY_TEN + timedelta(hours=1)}]
)
def test_a_key_used_again_for_something_else_shows_nobody_elses(other):
    service = make_open_service()
    first = request(service)
    try:
        assert request(service, **other) != first
    except ConflictError:
        assert "email" in other


def test_staff_book_any_time_and_past_ones_without_mail():
    anna = make_client()
    service = make_service(counsellor=anna.counsellor)
    at_night = consultation_book(
        service=service, client=anna, starts_at=MONDAY_TEN - timedelta(hours=7)
    )
    past = consultation_book(service=service, client=anna, starts_at=NOW - timedelta(days=7))
    assert ledger(at_night)
    assert not ledger(past)


def test_staff_may_not_mix_caseloads():
    with pytest.raises(DomainError) as refused:
        consultation_book(service=make_service(), client=make_client(), starts_at=MONDAY_TEN)
    assert refused.value.field == "service"


def test_staff_overlap_only_with_a_reason():
    taken = make_consultation(starts_at=MONDAY_TEN)
    fields = {"service": taken.service, "starts_at": MONDAY_TEN}
    other = make_client(counsellor=taken.counsellor)
    with pytest.raises(OverlapRefused) as refused:
        consultation_book(client=other, **fields)
    assert refused.value.field == "overlap_reason"
    booked = consultation_book(client=other, overlap_reason="both together", **fields)
    assert booked.overlap_reason == "both together"


def test_a_reason_without_an_overlap_keeps_the_row_guarded():
    """A row with a reason stands outside the database's rule: only where it must."""
    anna = make_client()
    service = make_service(counsellor=anna.counsellor)
    booked = consultation_book(
        service=service, client=anna, starts_at=MONDAY_TEN, overlap_reason="just in case"
    )
    assert Consultation.objects.get(pk=booked.pk).overlap_reason == ""


@pytest.mark.parametrize("book", [request, ask])
def test_hours_are_read_by_the_counsellors_clock_as_it_is_now(book):
    """The page was read before the counsellor moved: ten in London is five in New York."""
    service = make_open_service()
    Counsellor.objects.update(time_zone="America/New_York")
    with pytest.raises(ConflictError):
        book(service)
    assert book(service, starts_at=MONDAY_TEN + timedelta(hours=5)).pk
