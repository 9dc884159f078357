from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine

from clients.models import Client, Consent, Invitation
from counsel.common.errors import ConflictError, DomainError
from counsel.reminders.models import Reminder, State
from sessions.models import Consultation, Status
from sessions.services import (
    OverlapRefused,
    consultation_book,
    consultation_cancel,
    consultation_complete,
    consultation_confirm,
    consultation_decline,
    consultation_mark_no_show,
    consultation_request,
    consultation_reschedule,
)
from tests.factories import (
    make_client,
    make_consent_document,
    make_consultation,
    make_counsellor,
    make_portal_client,
    make_rule,
    make_service,
)

pytestmark = pytest.mark.django_db
# A Thursday; the counsellor of these tests is open on Mondays, 9 to 17, in London.
NOW = datetime(2030, 1, 3, 9, tzinfo=UTC)
MONDAY_TEN = datetime(2030, 1, 7, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def make_open_service(**fields):
    fields.setdefault("counsellor", make_counsellor())
    make_rule(counsellor=fields["counsellor"], weekday=0, starts=time(9), ends=time(17))
    return make_service(**{"length": 50, "buffer_after": 10, "step": 60, **fields})


def request(service, starts_at=MONDAY_TEN, **fields):
    fields = {
        "name": "Anna",
        "email": "anna@example.org",
        "time_zone": "Asia/Kolkata",
        "idempotency_key": "k" * 32,
        **fields,
    }
    if "consent" not in fields:
        fields["consent"] = make_consent_document()
    return consultation_request(service=service, starts_at=starts_at, **fields)


def ledger(consultation, **filters):
    rows = Reminder.objects.filter(subject=f"consultation:{consultation.pk}", **filters)
    return sorted(rows.values_list("kind", "state"))


# --- Asking and booking -------------------------------------------------------------------


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


def test_it_confirms_reminds_invites_and_tells_the_counsellor():
    booked = request(make_open_service())
    assert ledger(booked) == [
        ("consultation_confirmed", State.QUEUED),
        ("consultation_reminder", State.QUEUED),
        ("counsellor_request", State.QUEUED),
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


# --- Confirming, declining, moving --------------------------------------------------------


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
    assert ledger(asked, state=State.QUEUED) == [("consultation_cancelled", State.QUEUED)]
    assert request(asked.service, email="ben@example.org").starts_at == MONDAY_TEN


def test_moving_is_one_change_with_one_mail():
    booked = request(make_open_service())
    later = MONDAY_TEN + timedelta(hours=2)
    consultation_reschedule(consultation=booked, starts_at=later)
    booked.refresh_from_db()
    assert (booked.starts_at, booked.ends_at) == (later, later + timedelta(minutes=50))
    assert (booked.held_until, booked.version) == (later + timedelta(minutes=60), 2)
    waiting = Reminder.objects.filter(subject=f"consultation:{booked.pk}", state=State.QUEUED)
    assert sorted(waiting.values_list("kind", "occurrence")) == [
        ("consultation_confirmed", "v2"),
        ("consultation_reminder", "20300107T120000Z"),
    ]


def test_a_move_that_is_refused_leaves_all_as_it_was():
    booked = request(make_open_service())
    other = request(booked.service, MONDAY_TEN + timedelta(hours=1), email="ben@example.org")
    before = ledger(booked)
    with pytest.raises(OverlapRefused):
        consultation_reschedule(consultation=booked, starts_at=other.starts_at)
    fresh = Consultation.objects.get(pk=booked.pk)
    assert (fresh.starts_at, fresh.version, ledger(booked)) == (MONDAY_TEN, 1, before)


def test_moving_to_where_it_is_changes_nothing():
    booked = request(make_open_service())
    with pytest.raises(DomainError):
        consultation_reschedule(consultation=booked, starts_at=MONDAY_TEN)


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
        ("counsellor_request", State.CANCELLED),
    ]


def test_the_counsellor_hears_of_a_clients_cancelling():
    booked = make_consultation(starts_at=MONDAY_TEN)
    consultation_cancel(consultation=booked, by="client")
    assert ("counsellor_request", State.QUEUED) in ledger(booked)


@pytest.mark.parametrize(
    ("settle", "status"),
    [
        (consultation_complete, Status.COMPLETED),
        (consultation_mark_no_show, Status.NO_SHOW),
    ],
)
def test_it_is_held_or_not_only_once_it_has_begun(clock, settle, status):
    booked = make_consultation(starts_at=MONDAY_TEN)
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
