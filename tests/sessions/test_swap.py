"""Two consultations exchange their times, or neither moves."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from counsel.common.errors import ConflictError, DomainError
from counsel.reminders.models import Reminder, State
from sessions.models import Consultation, ConsultationChange, Side, Status
from sessions.services import (
    OverlapRefused,
    consultation_cancel,
    consultation_reschedule,
    consultation_undo,
    consultations_swap,
)
from tests.factories import make_client, make_consultation, make_portal_client, make_service
from tests.sessions.asking import MONDAY_TEN, NOW

pytestmark = pytest.mark.django_db
NOON = MONDAY_TEN + timedelta(hours=2)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def counsellor():
    return make_portal_client().counsellor


@pytest.fixture
def first(counsellor):
    return make_one(counsellor, MONDAY_TEN)


@pytest.fixture
def second(counsellor):
    return make_one(counsellor, NOON)


def make_one(counsellor, starts_at, length=50, **fields):
    service = make_service(counsellor=counsellor, length=length, buffer_after=10)
    client = fields.pop("client", None) or make_portal_client(counsellor=counsellor)
    made = {"starts_at": starts_at, "created_at": starts_at}
    return make_consultation(client=client, service=service, **made, **fields)


def times():
    rows = Consultation.objects.order_by("created_at")
    return list(rows.values_list("starts_at", "ends_at", "held_until", "overlap_reason", "version"))


def minutes(start, length):
    return (start, start + timedelta(minutes=length), start + timedelta(minutes=length + 10))


def test_both_get_the_others_time_and_one_mail_each(first, second):
    consultations_swap(first=first, second=second)
    assert times() == [(*minutes(NOON, 50), "", 2), (*minutes(MONDAY_TEN, 50), "", 2)]
    mails = Reminder.objects.filter(kind="consultation_confirmed", state=State.QUEUED)
    assert {mail.subject for mail in mails} == {
        f"consultation:{first.pk}",
        f"consultation:{second.pk}",
    }


def test_one_client_may_exchange_two_of_their_own(counsellor):
    client = make_portal_client(counsellor=counsellor)
    one, other = (make_one(counsellor, start, client=client) for start in (MONDAY_TEN, NOON))
    consultations_swap(first=one, second=other)
    assert one.starts_at == NOON


def test_each_keeps_its_length_where_it_fits(counsellor, first):
    longer = make_one(counsellor, NOON, length=80)
    consultations_swap(first=first, second=longer)
    assert times() == [(*minutes(NOON, 50), "", 2), (*minutes(MONDAY_TEN, 80), "", 2)]


@pytest.mark.parametrize("swapped", [False, True])
def test_where_the_longer_one_does_not_fit_neither_moves(counsellor, first, swapped):
    longer = make_one(counsellor, NOON, length=80)
    make_one(counsellor, MONDAY_TEN + timedelta(hours=1))
    before = times()
    pair = (longer, first) if swapped else (first, longer)
    with pytest.raises(OverlapRefused):
        consultations_swap(first=pair[0], second=pair[1])
    assert times() == before
    assert not ConsultationChange.objects.exists()


def test_two_that_would_overlap_each_other_stay(counsellor, first):
    """Ten o'clock for an hour and a half would run into the one that moves to eleven."""
    longer = make_one(counsellor, MONDAY_TEN + timedelta(hours=1), length=80)
    before = times()
    with pytest.raises(OverlapRefused):
        consultations_swap(first=first, second=longer)
    assert times() == before


def test_a_request_stays_a_request(counsellor, first):
    asked = make_one(counsellor, NOON, status=Status.PENDING)
    consultations_swap(first=first, second=asked)
    assert (first.status, asked.status) == (Status.CONFIRMED, Status.PENDING)
    assert Reminder.objects.filter(kind="consultation_requested").count() == 1


@pytest.mark.parametrize("whose", ["first", "second"])
def test_one_that_changed_meanwhile_stops_both(first, second, whose):
    seen = {"first": first, "second": second}
    seen[whose] = Consultation.objects.get(pk=seen[whose].pk)
    consultation_cancel(consultation=first if whose == "first" else second, by=Side.COUNSELLOR)
    before = times()
    with pytest.raises(ConflictError):
        consultations_swap(**seen)
    assert times() == before


def test_only_two_of_one_counsellor(first, second):
    elsewhere = make_consultation(client=make_client(), starts_at=NOON)
    for other in (elsewhere, first):
        with pytest.raises(DomainError):
            consultations_swap(first=first, second=other)
    assert [version for *_rest, version in times()] == [1, 1, 1]


@pytest.mark.parametrize("by_way_of", ["first", "second"])
def test_undoing_one_half_undoes_both(first, second, by_way_of):
    before = [row[:4] for row in times()]
    consultations_swap(first=first, second=second)
    half = first if by_way_of == "first" else second
    consultation_undo(consultation=half, by=Side.COUNSELLOR)
    assert [row[:4] for row in times()] == before
    assert not Reminder.objects.filter(state=State.QUEUED, kind="consultation_confirmed").exists()


def test_a_half_is_not_undone_once_the_other_has_changed(first, second):
    consultations_swap(first=first, second=second)
    consultation_reschedule(consultation=second, starts_at=NOON + timedelta(hours=2))
    before = times()
    with pytest.raises(DomainError, match="the other one has changed"):
        consultation_undo(consultation=first, by=Side.COUNSELLOR)
    assert times() == before
