"""Of which changes by clients a counsellor is told at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from counsel.accounts.models import ChangeNews, Counsellor
from counsel.reminders.models import Reminder, State
from counsel.reminders.registry import get_kind
from sessions.models import Side
from sessions.news import is_told_at_once
from sessions.services import consultation_cancel, consultation_reschedule
from tests.factories import make_consultation, make_rule
from tests.sessions.asking import MONDAY_TEN, NOW, make_open_service, request

HOUR = timedelta(hours=1)
LATE = timedelta(hours=24)
EARLY = LATE + timedelta(seconds=1)


def told(news, *ahead, needs_answer=False, late_hours=24):
    counsellor = Counsellor(change_news=news, late_hours=late_hours)
    starts = [NOW + one for one in ahead]
    return is_told_at_once(counsellor, starts, NOW, needs_answer=needs_answer)


@pytest.mark.parametrize(
    ("news", "ahead", "needs_answer", "expected"),
    [
        (ChangeNews.ALL, [EARLY], False, True),
        (ChangeNews.LATE, [EARLY], False, False),
        (ChangeNews.LATE, [LATE], False, True),
        # Moved away from soon, or to soon.
        (ChangeNews.LATE, [EARLY, HOUR], False, True),
        (ChangeNews.LATE, [HOUR, EARLY], False, True),
        (ChangeNews.LATE, [EARLY], True, True),
        (ChangeNews.NONE, [HOUR], False, False),
        (ChangeNews.NONE, [HOUR], True, False),
    ],
)
def test_late_changes_and_requests_are_told(news, ahead, needs_answer, expected):
    assert told(news, *ahead, needs_answer=needs_answer) is expected


def test_each_says_what_late_is():
    assert told(ChangeNews.LATE, 2 * HOUR, late_hours=2)
    assert not told(ChangeNews.LATE, 2 * HOUR, late_hours=1)


# --- As the services do it ------------------------------------------------------------------


@pytest.fixture
def clock(db):
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def news():
    return list(Reminder.objects.filter(kind="counsellor_request", state=State.QUEUED))


def firm(**fields):
    booked = make_consultation(starts_at=MONDAY_TEN, **fields)
    make_rule(counsellor=booked.counsellor)
    return booked


@pytest.mark.parametrize(("hours", "count"), [(25, 0), (24, 1), (1, 1)])
def test_a_booking_at_once_is_told_when_it_is_late(clock, hours, count):
    service = make_open_service(minimum_notice=0)
    clock.move_to(MONDAY_TEN - hours * HOUR)
    request(service)
    assert len(news()) == count


def test_a_request_is_told_however_early(clock):
    request(make_open_service(instant=False))
    assert len(news()) == 1


@pytest.mark.parametrize(("hours", "count"), [(25, 0), (24, 1), (1, 1)])
def test_a_cancelling_is_told_when_it_is_late(clock, hours, count):
    booked = firm()
    clock.move_to(MONDAY_TEN - hours * HOUR)
    consultation_cancel(consultation=booked, by=Side.CLIENT)
    assert len(news()) == count


def test_a_move_away_from_tomorrow_is_told(clock):
    booked = firm(reschedule_notice=1)
    clock.move_to(MONDAY_TEN - 20 * HOUR)
    booked.service.minimum_notice = 0
    consultation_reschedule(
        consultation=booked, starts_at=MONDAY_TEN + timedelta(days=7), by=Side.CLIENT
    )
    assert len(news()) == 1


def test_what_the_counsellor_does_is_no_news_to_them(clock):
    booked = firm()
    clock.move_to(MONDAY_TEN - HOUR)
    consultation_reschedule(consultation=booked, starts_at=MONDAY_TEN + HOUR)
    consultation_cancel(consultation=booked, by=Side.COUNSELLOR)
    assert news() == []


def test_who_wants_none_any_more_gets_none_that_waited(clock):
    service = make_open_service(instant=False)
    request(service)
    (row,) = news()
    assert get_kind(row.kind).still_wanted(row, NOW) is None
    Counsellor.objects.update(change_news="none")
    assert "no messages" in get_kind(row.kind).still_wanted(row, NOW).reason
