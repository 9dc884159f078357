"""Series: laid out, booked, moved and cancelled, all or nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from counsel.common.errors import ConflictError, DomainError
from counsel.reminders.models import Reminder
from sessions.models import (
    AvailabilityException,
    BusyTime,
    Consultation,
    ConsultationChange,
    Hold,
    ImportedCalendar,
    Series,
    Status,
)
from sessions.series.asked import Asked, Choices
from sessions.services import (
    SeriesRefused,
    consultation_book,
    consultation_cancel,
    consultation_reschedule,
    consultation_undo,
    series_book,
    series_cancel,
    series_change,
    series_change_preview,
    series_preview,
)
from sessions.services.series import in_scope, state_of
from tests.factories import make_client, make_consultation, make_counsellor, make_rule, make_service

pytestmark = pytest.mark.django_db
LONDON = ZoneInfo("Europe/London")
# A Wednesday before the clocks go forward on Sunday 31 March.
NOW = datetime(2030, 3, 6, 9, tzinfo=UTC)
TUESDAYS = [date(2030, 3, 12), date(2030, 3, 19), date(2030, 3, 26), date(2030, 4, 2)]
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def ada():
    counsellor = make_counsellor(time_zone="Europe/London")
    for weekday in range(5):
        make_rule(counsellor=counsellor, weekday=weekday, starts=time(9), ends=time(17))
    return counsellor


@pytest.fixture
def anna(ada):
    return make_client(counsellor=ada, name="Anna", time_zone="Asia/Kolkata")


@pytest.fixture
def service(ada):
    return make_service(counsellor=ada, length=50, buffer_before=0, buffer_after=10, step=60)


@pytest.fixture
def asked(service, anna):
    """Four Tuesdays at ten; the clocks change before the last."""
    return Asked(service, anna, "weekly", TUESDAYS[0], time(10), count=4)


def at(day, hour=10, minute=0, zone=LONDON):
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone).astimezone(UTC)


def taken(asked, day, hour=10, minute=0, **fields):
    other = make_client(counsellor=asked.client.counsellor, name="Ben")
    return make_consultation(
        client=other, service=asked.service, starts_at=at(day, hour, minute), **fields
    )


def wall(consultations):
    shown = [row.starts_at.astimezone(LONDON) for row in consultations]
    return [f"{instant:%d.%m. %H:%M}" for instant in shown]


def coming():
    return list(Consultation.objects.filter(series__isnull=False).order_by("starts_at"))


# --- Laid out -----------------------------------------------------------------------------


def test_every_date_keeps_its_time_on_the_wall_and_the_clock_change_is_marked(asked):
    rows = series_preview(asked)
    assert [row.starts_at for row in rows] == [at(day) for day in TUESDAYS]
    assert [row.shift for row in rows] == [timedelta(), timedelta(), timedelta(), HOUR]
    assert all(row.stands and not row.outside_hours for row in rows)
    assert not Series.objects.exists()


def test_the_clocks_going_back_are_marked_as_well(service, anna):
    rows = series_preview(
        Asked(service, anna, "fortnightly", date(2030, 10, 15), time(10), count=3)
    )
    assert [row.shift for row in rows] == [timedelta(), -HOUR, timedelta()]
    assert [row.starts_at.hour for row in rows] == [9, 10, 10]


def test_it_names_what_is_in_the_way_with_open_times_near_it(asked):
    other = taken(asked, TUESDAYS[1], 10, 30)
    rows = series_preview(asked)
    assert [row.stands for row in rows] == [True, False, True, True]
    assert [found.consultation for found in rows[1].in_the_way] == [other]
    assert [f"{at_:%a %H:%M}" for at_ in rows[1].alternatives] == [
        "Tue 09:00",
        "Tue 12:00",
        "Tue 13:00",
        "Tue 14:00",
    ]
    assert rows[0].alternatives == ()


def test_buffers_hold_time_as_well(asked):
    taken(asked, TUESDAYS[0], 9, 9)
    assert not series_preview(asked)[0].stands


def test_a_time_being_booked_is_in_the_way_until_it_expires(asked, service, clock):
    starts = at(TUESDAYS[2])
    Hold.objects.create(
        counsellor=asked.client.counsellor,
        service=service,
        purpose="booking",
        starts_at=starts,
        ends_at=starts + HOUR,
        held_from=starts,
        held_until=starts + HOUR,
        expires_at=NOW + HOUR,
        name="Somebody",
        email="somebody@example.org",
        time_zone="Europe/London",
    )
    assert [found.is_kept for found in series_preview(asked)[2].in_the_way] == [True]
    clock.shift(HOUR)
    assert series_preview(asked)[2].stands
    series_book(asked=asked)
    assert len(coming()) == 4


def test_hours_and_other_calendars_only_warn(asked, ada, service, anna):
    for day, ends in ((TUESDAYS[0], HOUR), (TUESDAYS[3], 9 * HOUR)):
        AvailabilityException.objects.create(
            counsellor=ada, kind="time_off", starts_at=at(day), ends_at=at(day) + ends
        )
    calendar = ImportedCalendar.objects.create(counsellor=ada, name="Mine", address="x")
    starts = at(TUESDAYS[1])
    BusyTime.objects.create(
        calendar=calendar, counsellor=ada, starts_at=starts, ends_at=starts + HOUR
    )
    rows = series_preview(asked)
    assert [row.outside_hours for row in rows] == [True, False, False, True]
    assert [row.busy_elsewhere for row in rows] == [False, True, False, False]
    assert all(row.stands for row in rows)
    late = series_preview(Asked(service, anna, "weekly", TUESDAYS[0], time(16, 30), count=2))
    assert [row.outside_hours for row in late] == [True, True]


def test_a_time_the_clocks_skip_is_told_and_the_moved_one_can_be_taken(service, anna):
    sundays = Asked(service, anna, "weekly", date(2030, 3, 24), time(1, 30), count=2)
    row = series_preview(sundays)[1]
    assert (row.is_missing, row.stands) == (True, False)
    moved = datetime(2030, 3, 31, 1, 30, tzinfo=UTC)
    assert row.wish.reading.moved_to == moved
    with pytest.raises(SeriesRefused, match="31 March 2030"):
        series_book(asked=sundays)
    series_book(asked=sundays, choices=Choices(instead={date(2030, 3, 31): moved}))
    assert wall(coming()) == ["24.03. 01:30", "31.03. 02:30"]


def test_a_time_that_comes_twice_is_the_first_unless_told(service, anna):
    sundays = Asked(service, anna, "weekly", date(2030, 10, 20), time(1, 30), count=2)
    first, second = series_preview(sundays)[1].wish.reading.instants
    assert series_preview(sundays)[1].starts_at == first
    series_book(asked=sundays, choices=Choices(instead={date(2030, 10, 27): second}))
    last = coming()[1]
    assert (last.starts_at, last.ends_at - last.starts_at) == (second, timedelta(minutes=50))


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"count": 1}, "count"),
        ({"count": 105}, "count"),
        ({"count": None, "last_day": TUESDAYS[0]}, "last_day"),
        ({"count": None, "last_day": date(2040, 1, 1)}, "last_day"),
        ({"first_day": date(2030, 3, 5)}, "first_day"),
    ],
)
def test_what_is_no_series_is_refused_beside_its_field(service, anna, given, field):
    given = {"first_day": TUESDAYS[0], "count": 4, **given}
    with pytest.raises(DomainError) as refused:
        series_preview(Asked(service, anna, "weekly", at=time(10), **given))
    assert refused.value.field == field


def test_a_series_is_with_a_client_of_the_same_counsellor(service):
    with pytest.raises(DomainError):
        series_preview(Asked(service, make_client(), "weekly", TUESDAYS[0], time(10), count=2))


def test_today_after_the_hour_is_past(service, anna):
    rows = series_preview(Asked(service, anna, "weekly", NOW.date(), time(8), count=2))
    assert [row.is_past for row in rows] == [True, False]


def test_a_year_full_of_conflicts_takes_no_more_queries(asked, django_assert_num_queries):
    for week in range(30):
        taken(asked, TUESDAYS[0] + timedelta(weeks=week))
    for count in (2, 52):
        again = Asked(asked.service, asked.client, "weekly", TUESDAYS[0], time(10), count=count)
        with django_assert_num_queries(5):
            rows = series_preview(again)
    assert [row.stands for row in rows].count(False) == 30


# --- Booked -------------------------------------------------------------------------------


def test_all_dates_are_saved_with_the_terms_of_the_service(asked):
    series = series_book(asked=asked)
    rows = coming()
    assert wall(rows) == ["12.03. 10:00", "19.03. 10:00", "26.03. 10:00", "02.04. 10:00"]
    assert {row.status for row in rows} == {Status.CONFIRMED}
    assert {row.time_zone for row in rows} == {"Asia/Kolkata"}
    assert {row.series_id for row in rows} == {series.pk}
    assert {row.ends_at - row.starts_at for row in rows} == {timedelta(minutes=50)}


def test_a_conflict_on_the_last_date_saves_none_and_every_one_is_named(asked):
    taken(asked, TUESDAYS[2])
    taken(asked, TUESDAYS[3])
    with pytest.raises(SeriesRefused, match="26 March 2030, 2 April 2030") as refused:
        series_book(asked=asked)
    assert [row.key for row in refused.value.dates] == TUESDAYS[2:]
    assert not Series.objects.exists()
    assert not coming()
    assert not Reminder.objects.exists()


def test_dates_are_left_out_moved_or_overlap_for_a_reason(asked):
    for day in TUESDAYS[:3]:
        taken(asked, day)
    choices = Choices(
        left_out={TUESDAYS[0]},
        instead={TUESDAYS[1]: at(TUESDAYS[1], 14)},
        overlapping={TUESDAYS[2]: " both together "},
    )
    assert all(row.stands for row in series_preview(asked, choices))
    series_book(asked=asked, choices=choices)
    assert wall(coming()) == ["19.03. 14:00", "26.03. 10:00", "02.04. 10:00"]
    assert [row.overlap_reason for row in coming()] == ["", "both together", ""]


def test_two_of_its_own_dates_cannot_be_at_one_time(asked):
    choices = Choices(instead={TUESDAYS[1]: at(TUESDAYS[2], 10, 30)})
    with pytest.raises(SeriesRefused) as refused:
        series_book(asked=asked, choices=choices)
    assert [row.key for row in refused.value.dates] == TUESDAYS[1:3]


def test_nothing_but_left_out_dates_is_no_series(asked):
    with pytest.raises(DomainError, match="at least one"):
        series_book(asked=asked, choices=Choices(left_out=TUESDAYS))


def test_one_message_for_all_and_a_reminder_for_each(asked):
    series = series_book(asked=asked)
    planned = Reminder.objects.order_by("due_at").values_list("kind", "subject")
    assert planned.filter(kind="series_confirmed").get()[1] == f"series:{series.pk}"
    assert planned.filter(kind="consultation_reminder").count() == 4
    assert planned.count() == 5


class OverAYear(TestCase):
    # Each books up to half a year; the rule alone is walked in test_recurrence.
    @settings(max_examples=settings().max_examples // 5)
    @given(
        st.sampled_from(["Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Gaza"]),
        st.sampled_from(["weekly", "fortnightly", "monthly"]),
        st.integers(0, 6),
        st.integers(0, 47),
        st.integers(2, 26),
    )
    def test_a_booked_series_shows_one_time_on_the_wall(self, zone, rhythm, days, halves, count):
        with time_machine.travel(NOW, tick=False):
            service = make_service(counsellor=make_counsellor(time_zone=zone))
            client = make_client(counsellor=service.counsellor)
            first = TUESDAYS[0] + timedelta(days=days)
            wanted = time(halves // 2, halves % 2 * 30)
            asked = Asked(service, client, rhythm, first, wanted, count=count)
            missing = {row.key for row in series_preview(asked) if row.is_missing}
            if len(missing) == count:
                return
            series = series_book(asked=asked, choices=Choices(left_out=missing))
            rows = series.consultations.order_by("starts_at")
            assert len(rows) == count - len(missing)
            assert {row.starts_at.astimezone(ZoneInfo(zone)).time() for row in rows} == {wanted}


# --- Moved --------------------------------------------------------------------------------


@pytest.fixture
def booked(asked):
    series_book(asked=asked)
    return coming()


def move(consultation, scope, hour, weekday=1, **more):
    return series_change(
        consultation=consultation, scope=scope, weekday=weekday, at=time(hour), **more
    )


def test_this_and_the_following_move_and_keep_their_new_time_on_the_wall(booked):
    moved = move(booked[1], "following", 15, weekday=3)
    assert len(moved) == 3
    assert wall(coming()) == ["12.03. 10:00", "21.03. 15:00", "28.03. 15:00", "04.04. 15:00"]
    assert [row.version for row in coming()] == [1, 2, 2, 2]
    changes = ConsultationChange.objects.filter(action="moved", by="counsellor")
    assert changes.count() == 3


def test_all_coming_ones_move_those_over_or_called_off_do_not(booked, clock):
    consultation_cancel(consultation=booked[1], by="counsellor")
    clock.move_to(at(TUESDAYS[0]) + HOUR)
    move(booked[3], "all", 11)
    assert wall(coming()) == ["12.03. 10:00", "19.03. 10:00", "26.03. 11:00", "02.04. 11:00"]


def test_one_that_may_take_the_place_of_another_is_no_conflict(booked):
    consultation_reschedule(consultation=booked[1], starts_at=at(date(2030, 3, 13)))
    choices = Choices(instead={booked[1].pk: at(date(2030, 3, 20), 16)})
    move(booked[0], "all", 10, weekday=2, choices=choices)
    assert wall(coming()) == ["13.03. 10:00", "20.03. 16:00", "27.03. 10:00", "03.04. 10:00"]


def test_a_conflict_moves_none_and_is_laid_out(booked, asked):
    taken(asked, TUESDAYS[2], 15)
    preview = series_change_preview(consultation=booked[0], scope="all", weekday=1, at=time(15))
    assert [row.stands for row in preview] == [True, True, False, True]
    before = wall(coming())
    with pytest.raises(SeriesRefused, match="26 March 2030"):
        move(booked[0], "all", 15)
    assert wall(coming()) == before
    move(booked[0], "all", 15, choices=Choices(left_out={booked[2].pk}))
    assert wall(coming()) == ["12.03. 15:00", "19.03. 15:00", "26.03. 10:00", "02.04. 15:00"]


def test_one_left_where_it_is_stands_in_the_way_of_the_others(booked):
    choices = Choices(left_out={booked[1].pk}, instead={booked[0].pk: at(TUESDAYS[1], 10, 30)})
    with pytest.raises(SeriesRefused, match="12 March 2030"):
        move(booked[0], "all", 15, choices=choices)


def test_a_monthly_one_keeps_its_place_in_the_month(service, anna):
    series_book(asked=Asked(service, anna, "monthly", TUESDAYS[0], time(10), count=3))
    move(coming()[0], "all", 10, weekday=4)
    assert wall(coming()) == ["08.03. 10:00", "12.04. 10:00", "10.05. 10:00"]


def test_who_looked_at_an_older_state_changes_nothing(booked):
    seen = state_of(in_scope(booked[0], "all", NOW))
    consultation_reschedule(consultation=booked[3], starts_at=at(TUESDAYS[3], 12))
    for act in (
        lambda: move(booked[0], "all", 15, seen=seen),
        lambda: series_cancel(consultation=booked[0], scope="all", seen=seen),
    ):
        with pytest.raises(ConflictError, match="in the meantime"):
            act()
    assert wall(coming())[0] == "12.03. 10:00"
    move(booked[0], "all", 15, seen=state_of(in_scope(booked[0], "all", NOW)))


def test_moving_to_where_they_are_is_told(booked):
    with pytest.raises(DomainError, match="at that time already"):
        move(booked[0], "all", 10)


def test_one_of_a_moved_series_can_be_put_back_by_itself(booked):
    move(booked[0], "all", 15)
    consultation_undo(consultation=coming()[1], by="counsellor")
    assert wall(coming()) == ["12.03. 15:00", "19.03. 10:00", "26.03. 15:00", "02.04. 15:00"]


# --- Cancelled ----------------------------------------------------------------------------


def test_this_and_the_following_are_cancelled_with_their_reminders(booked):
    series_cancel(consultation=booked[2], scope="following")
    statuses = [row.status for row in coming()]
    assert statuses == [Status.CONFIRMED] * 2 + [Status.CANCELLED_BY_COUNSELLOR] * 2
    kinds = Reminder.objects.filter(state="queued").values_list("kind", flat=True)
    assert sorted(kinds) == ["consultation_reminder"] * 2 + ["series_cancelled", "series_confirmed"]


def test_their_times_are_free_again(booked, asked):
    series_cancel(consultation=booked[0], scope="all")
    for day in TUESDAYS:
        taken(asked, day)


def test_nothing_left_to_cancel_is_told(booked):
    series_cancel(consultation=booked[0], scope="all")
    with pytest.raises(DomainError, match="still to come"):
        series_cancel(consultation=booked[0], scope="all")


def test_one_that_stands_alone_has_no_series(service, anna):
    alone = consultation_book(service=service, client=anna, starts_at=at(TUESDAYS[0]))
    with pytest.raises(DomainError, match="no series"):
        series_cancel(consultation=alone, scope="all")
