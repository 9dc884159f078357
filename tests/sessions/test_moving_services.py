"""Moving a consultation, by either side: one change, all of it or nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection

from counsel.common.errors import ConflictError, DomainError
from counsel.reminders.models import Reminder, State
from sessions.models import Consultation, ConsultationChange, Hold, Side, Status
from sessions.services import (
    OverlapRefused,
    consultation_cancel,
    consultation_confirm,
    consultation_decline,
    consultation_reschedule,
    consultation_undo,
    consultations_swap,
)
from tests.factories import make_client, make_consultation, make_rule
from tests.sessions.asking import MONDAY_TEN, NOW, ledger, make_open_service, request

pytestmark = pytest.mark.django_db
LATER = MONDAY_TEN + timedelta(hours=2)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def by_client(consultation, starts_at=LATER):
    return consultation_reschedule(consultation=consultation, starts_at=starts_at, by=Side.CLIENT)


def made(**fields):
    """An open service's consultation at ten, its reminders as after a booking."""
    service = make_open_service(**fields)
    return request(service)


def waiting(consultation):
    rows = Reminder.objects.filter(subject=f"consultation:{consultation.pk}", state=State.QUEUED)
    return sorted(rows.values_list("kind", "occurrence"))


def keep(service, starts_at, expires_at):
    ends_at = starts_at + timedelta(minutes=service.length)
    times = {"starts_at": starts_at, "held_from": starts_at}
    times |= {"ends_at": ends_at, "held_until": ends_at, "expires_at": expires_at}
    person = {"name": "Ben", "email": "ben@example.org", "time_zone": "UTC"}
    return Hold.objects.create(
        counsellor=service.counsellor,
        service=service,
        purpose=Hold.Purpose.BOOKING,
        **times,
        **person,
    )


# --- By the counsellor --------------------------------------------------------------------


def test_moving_is_one_change_with_one_mail():
    booked = made()
    consultation_reschedule(consultation=booked, starts_at=LATER)
    booked.refresh_from_db()
    assert (booked.starts_at, booked.ends_at) == (LATER, LATER + timedelta(minutes=50))
    assert (booked.held_until, booked.version) == (LATER + timedelta(minutes=60), 2)
    assert waiting(booked) == [
        ("consultation_confirmed", "v2"),
        ("consultation_reminder", "20300107T120000Z"),
    ]


def test_a_move_that_is_refused_leaves_all_as_it_was():
    booked = made()
    other = request(booked.service, MONDAY_TEN + timedelta(hours=1), email="ben@example.org")
    before = ledger(booked)
    with pytest.raises(OverlapRefused, match="overlaps another consultation"):
        consultation_reschedule(consultation=booked, starts_at=other.starts_at)
    fresh = Consultation.objects.get(pk=booked.pk)
    assert (fresh.starts_at, fresh.version, ledger(booked)) == (MONDAY_TEN, 1, before)


def test_moving_to_where_it_is_changes_nothing():
    booked = made()
    with pytest.raises(DomainError):
        consultation_reschedule(consultation=booked, starts_at=MONDAY_TEN)


def test_a_time_that_is_being_kept_is_given_for_a_reason_alone():
    booked = made()
    keep(booked.service, LATER, NOW + timedelta(minutes=30))
    with pytest.raises(OverlapRefused, match="being kept for somebody") as refused:
        consultation_reschedule(consultation=booked, starts_at=LATER)
    assert refused.value.field == "overlap_reason"
    consultation_reschedule(consultation=booked, starts_at=LATER, overlap_reason="agreed by phone")
    assert Consultation.objects.get().overlap_reason == "agreed by phone"


def test_a_time_kept_too_long_is_free_at_that_moment(clock):
    booked = made()
    hold = keep(booked.service, LATER, NOW + timedelta(minutes=30))
    clock.shift(timedelta(minutes=30))
    consultation_reschedule(consultation=booked, starts_at=LATER)
    hold.refresh_from_db()
    assert (hold.state, hold.closed_at) == (Hold.State.EXPIRED, NOW + timedelta(minutes=30))


def test_a_hold_of_another_counsellor_is_left_alone(clock):
    booked = made()
    hold = keep(make_open_service(), LATER, NOW)
    clock.shift(timedelta(minutes=1))
    consultation_reschedule(consultation=booked, starts_at=LATER)
    hold.refresh_from_db()
    assert hold.state == Hold.State.OPEN


# --- By the client ------------------------------------------------------------------------


def test_a_client_moves_and_both_sides_hear_of_it_once():
    booked = made()
    booked.counsellor.change_news = "all"
    by_client(booked)
    assert (booked.starts_at, booked.status) == (LATER, Status.CONFIRMED)
    assert waiting(booked) == [
        ("consultation_confirmed", "v2"),
        ("consultation_reminder", "20300107T120000Z"),
        ("counsellor_request", "v2"),
    ]


def test_what_is_booked_by_request_is_asked_for_anew():
    booked = made(instant=False)
    consultation_confirm(consultation=booked)
    by_client(booked)
    assert booked.status == Status.PENDING
    assert waiting(booked) == [("consultation_requested", "v3"), ("counsellor_request", "v3")]


def test_a_request_stays_one_however_the_service_is_booked_now():
    asked = made(instant=False)
    asked.service.instant = True
    asked.service.save()
    by_client(asked)
    assert asked.status == Status.PENDING


@pytest.mark.parametrize("minutes", [-60, 30, 7 * 60])
def test_a_client_moves_to_open_times_only(minutes):
    """Before nine, off the steps, and when the counsellor goes home."""
    booked = made()
    with pytest.raises(ConflictError):
        by_client(booked, MONDAY_TEN + timedelta(minutes=minutes - 60 * (minutes == -60)))
    assert Consultation.objects.get().version == 1


def test_its_own_time_is_not_in_its_way():
    """Half an hour later overlaps what it leaves, and nothing else."""
    booked = made(step=30)
    by_client(booked, MONDAY_TEN + timedelta(minutes=30))
    assert Consultation.objects.get().starts_at == MONDAY_TEN + timedelta(minutes=30)


def test_a_taken_time_is_said_to_be_taken_and_no_more():
    booked = made()
    request(booked.service, LATER, email="ben@example.org")
    with pytest.raises(ConflictError, match="has just been taken") as refused:
        by_client(booked)
    assert refused.value.field is None


def test_moving_out_of_an_overlap_ends_it():
    booked = made()
    booked.overlap_reason = "both together"
    booked.save(update_fields=["overlap_reason"])
    by_client(booked)
    assert Consultation.objects.get().overlap_reason == ""
    consultation_undo(consultation=booked, by=Side.CLIENT)
    assert Consultation.objects.get().overlap_reason == "both together"


# --- How long a client may ----------------------------------------------------------------

# London: the clocks go forward on 31 March and back on 27 October 2030, both Sundays.
WINDOWS = [
    (MONDAY_TEN, MONDAY_TEN - timedelta(hours=24)),
    (datetime(2030, 4, 1, 9, tzinfo=UTC), datetime(2030, 3, 31, 9, tzinfo=UTC)),
    (datetime(2030, 3, 31, 13, tzinfo=UTC), datetime(2030, 3, 30, 13, tzinfo=UTC)),
    (datetime(2030, 10, 28, 10, tzinfo=UTC), datetime(2030, 10, 27, 10, tzinfo=UTC)),
    (datetime(2030, 10, 27, 13, tzinfo=UTC), datetime(2030, 10, 26, 13, tzinfo=UTC)),
]


@pytest.mark.parametrize(("starts_at", "last"), WINDOWS)
def test_the_window_is_real_hours_whatever_the_clocks_do(clock, starts_at, last):
    service = make_open_service(minimum_notice=0)
    make_rule(counsellor=service.counsellor, weekday=(starts_at + timedelta(days=1)).weekday())
    booked = make_consultation(
        client=make_client(counsellor=service.counsellor), service=service, starts_at=starts_at
    )
    tomorrow = starts_at.replace(hour=12) + timedelta(days=1)
    clock.move_to(last + timedelta(microseconds=1))
    with pytest.raises(DomainError, match="too late"):
        by_client(booked, tomorrow)
    clock.move_to(last)
    by_client(booked, tomorrow)
    assert Consultation.objects.get().starts_at == tomorrow


def test_a_counsellor_is_bound_by_no_window(clock):
    booked = made()
    clock.move_to(MONDAY_TEN - timedelta(minutes=1))
    consultation_reschedule(consultation=booked, starts_at=LATER)
    assert Consultation.objects.get().starts_at == LATER


# --- All or nothing -----------------------------------------------------------------------


class Failing:
    """The database fails at the n-th statement that writes."""

    def __init__(self, at):
        self.at = at
        self.seen = 0

    def __call__(self, execute, sql, *args):
        if sql.startswith(("INSERT", "UPDATE")):
            self.seen += 1
            if self.seen == self.at:
                raise ConnectionError("the database is gone")
        return execute(sql, *args)


def everything():
    models = (Consultation, ConsultationChange, Reminder)
    return [list(model.objects.order_by("pk").values()) for model in models]


def undone_later(booked, _other):
    consultation_reschedule(consultation=booked, starts_at=LATER)
    return lambda: consultation_undo(consultation=booked, by=Side.COUNSELLOR)


STEPS = {
    "move": lambda booked, _other: (
        lambda: consultation_reschedule(consultation=booked, starts_at=LATER)
    ),
    "move by client": lambda booked, _other: lambda: by_client(booked),
    "swap": lambda booked, other: lambda: consultations_swap(first=booked, second=other),
    "cancel": lambda booked, _other: (
        lambda: consultation_cancel(consultation=booked, by=Side.COUNSELLOR, words="Ill.")
    ),
    "undo": undone_later,
}


@pytest.mark.parametrize("name", STEPS)
def test_a_failure_at_any_step_leaves_all_as_it_was(name):
    booked = made()
    other = request(booked.service, MONDAY_TEN + timedelta(hours=4), email="ben@example.org")
    change = STEPS[name](booked, other)
    before, state = everything(), (booked.__dict__.copy(), other.__dict__.copy())
    step, failed = 1, True
    while failed:
        failing = Failing(step)
        try:
            with connection.execute_wrapper(failing):
                change()
            failed = False
        except ConnectionError:
            assert everything() == before
            booked.__dict__.update(state[0])
            other.__dict__.update(state[1])
        step += 1
    assert step > 4
    assert everything() != before


def test_declining_has_no_step_that_is_left_half_done():
    asked = made(instant=False)
    before = everything()
    with pytest.raises(ConnectionError), connection.execute_wrapper(Failing(2)):
        consultation_decline(consultation=asked, words="Not then.")
    assert everything() == before
