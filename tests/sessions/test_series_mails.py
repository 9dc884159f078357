"""What a client is told about a series: one message with all dates, by their own clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from django.core import mail
from icalendar import Calendar

from counsel.reminders.dispatch import run_due
from counsel.reminders.models import Reminder, State
from counsel.reminders.registry import get_kind
from sessions.models import Consultation
from sessions.planning import GRACE
from sessions.series.asked import Asked
from sessions.services import (
    consultation_cancel,
    consultation_decline,
    consultation_reschedule,
    consultation_undo,
    series_book,
    series_cancel,
    series_change,
)
from tests.factories import (
    make_client,
    make_counsellor,
    make_portal_client,
    make_rule,
    make_service,
)
from tests.letters import message_of

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 3, 6, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def service():
    return make_service(counsellor=make_counsellor(time_zone="Europe/London"), cancel_notice=24)


@pytest.fixture
def booked(service):
    """Three Tuesdays at ten in London; there the clocks go forward before the third."""
    client = make_client(counsellor=service.counsellor, time_zone="Asia/Kolkata")
    series_book(asked=Asked(service, client, "weekly", date(2030, 3, 19), time(10), count=3))
    return rows()


def rows():
    return list(Consultation.objects.order_by("starts_at"))


def row(kind):
    return Reminder.objects.get(kind=kind, state=State.QUEUED)


def message(kind):
    return message_of(row(kind))


def wanted(kind):
    return get_kind(kind).still_wanted(row(kind), NOW) is None


def events(message):
    (file,) = message.attachments
    calendar = Calendar.from_ical(file.content)
    assert f"method={calendar['METHOD']}" in file.mimetype
    return calendar["METHOD"], [
        (str(event["UID"]), int(event["SEQUENCE"]), event.decoded("DTSTART"))
        for event in calendar.walk("VEVENT")
    ]


def test_all_dates_stand_in_one_mail_by_the_clients_clock(booked):
    mail = message("series_confirmed")
    assert mail.subject == "Your appointments are confirmed"
    lines = mail.body.splitlines()
    days = [line for line in lines if "March" in line or "April" in line]
    # In India the third is an hour earlier: London's clocks have moved, India's have not.
    assert days == ["Tuesday 19 March, 15:30", "Tuesday 26 March, 15:30", "Tuesday 2 April, 14:30"]
    assert "All times by this clock: India time" in lines
    assert "You can cancel each of them freely until 24 hours before it begins." in lines


def test_the_file_holds_all_of_them(booked):
    method, found = events(message("series_confirmed"))
    assert method == "PUBLISH"
    assert found == [(str(row.pk), 1, row.starts_at) for row in booked]


def test_the_link_leads_to_the_list_or_to_the_first(service, booked):
    assert "/appointments/" in message("series_confirmed").body.splitlines()[-1]
    Reminder.objects.update(state=State.SENT, finished_at=NOW)
    client = make_portal_client(counsellor=service.counsellor)
    series_book(asked=Asked(service, client, "weekly", date(2030, 3, 20), time(10), count=2))
    assert message("series_confirmed").body.splitlines()[-1].endswith("/my/appointments/")


def test_new_times_are_told_after_the_grace_with_the_old_ones(booked):
    series_change(consultation=booked[1], scope="following", weekday=2, at=time(9))
    assert row("series_moved").due_at == NOW + GRACE
    mail = message("series_moved")
    assert "Wednesday 27 March, 14:30 (it was Tuesday 26 March, 15:30)" in mail.body
    assert "Wednesday 3 April, 13:30 (it was Tuesday 2 April, 14:30)" in mail.body
    assert "19 March" not in mail.body
    assert events(mail) == ("PUBLISH", [(str(r.pk), 2, r.starts_at) for r in rows()[1:]])


def test_what_was_put_back_or_changed_again_is_not_told(booked, clock):
    series_change(consultation=booked[0], scope="all", weekday=2, at=time(9))
    clock.shift(timedelta(seconds=10))
    first, second, third = rows()
    consultation_undo(consultation=first, by="counsellor")
    consultation_reschedule(consultation=second, starts_at=second.starts_at + timedelta(hours=1))
    assert [event[0] for event in events(message("series_moved"))[1]] == [str(third.pk)]
    consultation_cancel(consultation=third, by="counsellor")
    assert not wanted("series_moved")


def test_a_later_change_takes_no_news_of_an_earlier_one_away(booked, clock):
    series_cancel(consultation=booked[2], scope="following")
    clock.shift(timedelta(seconds=10))
    series_change(consultation=booked[0], scope="all", weekday=2, at=time(9))
    assert "2 April" in message("series_cancelled").body
    assert len(events(message("series_moved"))[1]) == 2


def test_cancelled_ones_take_themselves_out_of_the_calendar(booked):
    series_cancel(consultation=booked[1], scope="following")
    mail = message("series_cancelled")
    assert mail.subject == "Your appointments are cancelled"
    assert "19 March" not in mail.body
    assert events(mail) == ("CANCEL", [(str(r.pk), 2, r.starts_at) for r in rows()[1:]])
    # What is still on is confirmed all the same.
    assert wanted("series_confirmed")


def test_a_series_that_is_off_is_not_confirmed_any_more(booked):
    series_cancel(consultation=booked[0], scope="all")
    assert not wanted("series_confirmed")
    assert wanted("series_cancelled")


def test_a_single_one_of_it_that_is_moved_has_a_new_time(booked):
    consultation_reschedule(
        consultation=booked[0], starts_at=booked[0].starts_at + timedelta(hours=1)
    )
    Reminder.objects.filter(kind="series_confirmed").update(state=State.SENT, finished_at=NOW)
    assert message("consultation_confirmed").subject == "Your appointment has a new time"


def test_one_the_client_asks_to_move_and_is_declined_leaves_their_calendar(booked, service, sent):
    service.instant = False
    service.save()
    make_rule(counsellor=service.counsellor, weekday=1, starts=time(9), ends=time(17))
    sent(seconds=1)
    first = rows()[0]
    consultation_reschedule(consultation=first, starts_at=first.starts_at + HOUR, by="client")
    asked = message("consultation_requested")
    assert events(asked) == ("PUBLISH", [(str(first.pk), 2, first.starts_at)])
    consultation_decline(consultation=first)
    assert events(message("consultation_declined"))[0] == "CANCEL"


# --- Undone while a message of the series was under way -----------------------------------------


@pytest.fixture
def sent(clock):
    """Lets time pass; returns the bodies of all that has gone out by then."""

    def after(**passed):
        clock.shift(timedelta(**passed))
        run_due()
        return [message.body for message in mail.outbox]

    return after


def test_one_that_was_put_back_to_the_new_time_is_told_with_the_others(booked, sent):
    series_change(consultation=booked[0], scope="all", weekday=2, at=time(9))
    moved_and_put_back(rows()[0])
    (_all, told) = sent(minutes=4)
    assert told.count("(it was ") == 3


@pytest.mark.parametrize("put_back", [True, False])
def test_one_that_its_mail_left_out_is_told_by_itself(booked, sent, put_back):
    sent()
    series_change(consultation=booked[0], scope="all", weekday=2, at=time(9))
    sent(seconds=150)
    first = rows()[0]
    consultation_reschedule(consultation=first, starts_at=first.starts_at + HOUR)
    assert "20 March" not in sent(seconds=60)[-1]
    if put_back:
        consultation_undo(consultation=first, by="counsellor")
    told = sent(minutes=4)
    assert len(told) == 3
    assert ("20 March, 14:30" if put_back else "20 March, 15:30") in told[-1]


@pytest.mark.parametrize("change", ["move", "cancel"])
def test_one_that_was_booked_otherwise_for_a_moment_is_told_how_it_is(booked, sent, change):
    first = rows()[0]
    if change == "move":
        consultation_reschedule(consultation=first, starts_at=first.starts_at + HOUR)
    else:
        consultation_cancel(consultation=first, by="counsellor")
    assert "19 March, 15:30" not in sent(minutes=1)[0]
    consultation_undo(consultation=first, by="counsellor")
    told = sent(minutes=4)
    assert len(told) == 2
    assert "19 March, 15:30" in told[1]


def test_undoing_tells_nothing_that_is_known(booked, sent, clock):
    sent()
    clock.shift(timedelta(seconds=1))
    first = rows()[0]
    consultation_reschedule(consultation=first, starts_at=first.starts_at + HOUR)
    series_change(consultation=booked[1], scope="following", weekday=2, at=time(9))
    sent(seconds=170)
    consultation_undo(consultation=first, by="counsellor")
    told = sent(minutes=4)
    assert len(told) == 2
    assert told[1].count("(it was ") == 2


def test_two_changes_at_once_are_told_from_the_time_that_is_known(booked, sent):
    sent()
    series_change(consultation=booked[0], scope="all", weekday=2, at=time(9))
    sent(minutes=1)
    series_change(consultation=rows()[0], scope="all", weekday=3, at=time(9))
    _all, told = sent(minutes=4)
    assert "Thursday 21 March, 14:30 (it was Tuesday 19 March, 15:30)" in told


def moved_and_put_back(consultation):
    later = consultation.starts_at + HOUR
    consultation_reschedule(consultation=consultation, starts_at=later)
    consultation_undo(consultation=consultation, by="counsellor")
