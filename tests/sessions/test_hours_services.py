"""What a change of hours would mean, and making it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from counsel.accounts.models import Counsellor
from counsel.common.errors import ConflictError, DomainError
from sessions.availability import Terms, WeeklyRule, open_slots
from sessions.models import AvailabilityException, AvailabilityRule, Consultation, Hold
from sessions.opening import Stretch, is_open
from sessions.selectors import slots_by_service
from sessions.services.hours import (
    Proposal,
    counsellor_move_zone,
    difference,
    hours_save,
    zone_move,
)
from tests.factories import (
    make_client,
    make_consultation,
    make_counsellor,
    make_rule,
    make_service,
)

# Thursday.
NOW = datetime(2030, 1, 3, 9, tzinfo=UTC)
# Monday, 10:00 in London.
START = datetime(2030, 1, 7, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
LONDON = ZoneInfo("Europe/London")


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def ada(db, clock):
    return make_counsellor(time_zone="Europe/London")


@pytest.fixture
def service(ada):
    return make_service(counsellor=ada, horizon=14)


@pytest.fixture
def mondays(ada):
    """09:00 to 17:00."""
    return make_rule(counsellor=ada)


@pytest.fixture
def booked(ada, service, mondays):
    person = make_client(counsellor=ada)
    return make_consultation(client=person, service=service, starts_at=START)


def off(starts_at, ends_at, kind="time_off", **fields):
    return AvailabilityException(kind=kind, starts_at=starts_at, ends_at=ends_at, **fields)


def shift_of(found, service):
    return next(shift for shift in found.shifts if shift.service == service)


def keep(service, **fields):
    times = {"starts_at": START, "ends_at": START + HOUR}
    held = {"held_from": START, "held_until": START + HOUR}
    return Hold.objects.create(
        counsellor=service.counsellor,
        service=service,
        purpose="booking",
        name="Una",
        email="una@example.org",
        time_zone="Europe/London",
        **{**times, **held, "expires_at": NOW + HOUR, **fields},
    )


# --- The difference ---------------------------------------------------------------------------


def test_it_opens_what_new_hours_add(ada, service, mondays):
    tuesdays = AvailabilityRule(weekday=1, starts=time(9), ends=time(11))
    found = difference(ada, Proposal(rules=(tuesdays,)), NOW)
    shift = shift_of(found, service)
    days = [datetime(2030, 1, day, hour, tzinfo=UTC) for day in (8, 15) for hour in (9, 10)]
    assert [slot.start for slot in shift.opens] == days
    assert shift.closes == []
    assert found.is_quiet
    assert AvailabilityRule.objects.count() == 1


def test_it_names_what_shorter_hours_close_and_collide_with(ada, service, booked, mondays):
    mondays.starts = time(12)
    found = difference(ada, Proposal(rules=(mondays,)), NOW)
    assert [slot.start.hour for slot in shift_of(found, service).closes] == [9, 11, 9, 10, 11]
    assert [(hit.taken, hit.in_time_off) for hit in found.collisions] == [(booked, False)]
    assert not found.is_quiet


def test_it_foretells_what_the_page_then_shows(ada, service, booked, mondays):
    """The difference is that of the slots before and after, as visitors get them."""
    first_day, last_day = date(2030, 1, 3), date(2030, 1, 17)
    before = slots_by_service([service], first_day, last_day, NOW)[service]
    proposal = Proposal(
        rules=(AvailabilityRule(weekday=2, starts=time(9), ends=time(12)),),
        exceptions=(off(START + DAY * 7, START + DAY * 7 + 2 * HOUR),),
    )
    shift = shift_of(difference(ada, proposal, NOW), service)
    hours_save(counsellor=ada, proposal=proposal)
    after = slots_by_service([service], first_day, last_day, NOW)[service]
    assert shift.opens == [slot for slot in after if slot not in before]
    assert shift.closes == [slot for slot in before if slot not in after]
    assert shift.opens
    assert shift.closes


@pytest.mark.parametrize("status", ["pending", "confirmed"])
def test_time_off_collides_with_what_it_touches_beyond_any_horizon(ada, service, status):
    far = START + timedelta(days=400)
    inside = make_consultation(
        client=make_client(counsellor=ada), service=service, starts_at=far, status=status
    )
    for day, gone in ((1, "declined"), (2, "cancelled_by_client")):
        make_consultation(
            client=inside.client, service=service, starts_at=far + day * HOUR, status=gone
        )
    proposal = Proposal(exceptions=(off(far + HOUR / 2, far + 5 * HOUR),))
    hits = difference(ada, proposal, NOW).collisions
    assert [(hit.taken, hit.in_time_off) for hit in hits] == [(inside, True)]


def test_a_span_that_only_touches_collides_with_nothing(ada, service, booked):
    around = (off(START - HOUR, START), off(booked.ends_at, booked.ends_at + HOUR))
    assert difference(ada, Proposal(exceptions=around), NOW).collisions == []


def test_it_lists_open_holds_but_no_others(ada, service, mondays):
    kept = keep(service)
    keep(service, state="released")
    proposal = Proposal(without=frozenset({mondays.pk}))
    assert [hit.taken for hit in difference(ada, proposal, NOW).collisions] == [kept]
    later = NOW + 2 * HOUR
    assert difference(ada, proposal, later).collisions == []


def test_what_was_outside_all_along_is_no_collision(ada, service, mondays, booked):
    make_consultation(client=booked.client, service=service, starts_at=START + DAY)
    hits = difference(ada, Proposal(without=frozenset({mondays.pk})), NOW).collisions
    assert [hit.taken for hit in hits] == [booked]


def test_what_was_off_all_along_is_no_collision(ada, service, booked):
    holiday = off(START - HOUR, START + HOUR, counsellor=ada)
    holiday.save()
    holiday.ends_at += DAY
    assert difference(ada, Proposal(exceptions=(holiday,)), NOW).collisions == []


def test_what_is_over_and_others_are_left_alone(ada, service, booked, mondays, clock):
    theirs = make_rule(counsellor=make_counsellor())
    proposal = Proposal(without=frozenset({mondays.pk, theirs.pk}))
    hits = difference(ada, proposal, booked.ends_at).collisions
    assert hits == []
    hours_save(counsellor=ada, proposal=proposal)
    assert list(AvailabilityRule.objects.all()) == [theirs]


def test_hours_of_its_own_close_the_general_ones_for_a_service(ada, service, booked, mondays):
    other = make_service(counsellor=ada, horizon=14)
    own = AvailabilityRule(weekday=4, starts=time(9), ends=time(11), service=service)
    found = difference(ada, Proposal(rules=(own,)), NOW)
    assert {slot.start.weekday() for slot in shift_of(found, service).closes} == {0}
    assert {slot.start.weekday() for slot in shift_of(found, service).opens} == {4}
    assert shift_of(found, other).opens == []
    assert [hit.taken for hit in found.collisions] == [booked]


def test_extra_hours_cover_what_weekly_ones_do_not(ada, service, booked, mondays):
    proposal = Proposal(
        exceptions=(off(START - HOUR, START + HOUR, kind="extra"),),
        without=frozenset({mondays.pk}),
    )
    assert difference(ada, proposal, NOW).collisions == []


@pytest.mark.parametrize("rows", [1, 12])
def test_it_reads_in_a_fixed_number_of_queries(
    ada, mondays, service, booked, rows, django_assert_num_queries
):
    for number in range(1, rows):
        extra = make_service(counsellor=ada)
        make_rule(counsellor=ada, weekday=number % 7, service=extra)
        make_consultation(client=booked.client, service=extra, starts_at=START + number * DAY)
    with django_assert_num_queries(7):
        difference(ada, Proposal(without=frozenset({mondays.pk})), NOW)


@pytest.mark.parametrize(
    ("now", "closes"),
    [
        # London: after 00:59 comes 02:00 on Sunday, 31 March 2030.
        (datetime(2030, 3, 29, 9, tzinfo=UTC), [2, 3]),
        # 01:00 to 01:59 comes twice on Sunday, 27 October 2030; the second is offered to nobody.
        (datetime(2030, 10, 25, 9, tzinfo=UTC), [0, 1, 2, 3]),
    ],
)
def test_a_night_of_hours_around_a_clock_change(ada, clock, now, closes):
    clock.move_to(now)
    night = make_rule(counsellor=ada, weekday=6, starts=time(0), ends=time(4))
    service = make_service(counsellor=ada, horizon=3, minimum_notice=0, buffer_after=0)
    found = difference(ada, Proposal(without=frozenset({night.pk})), now)
    walls = [slot.start.astimezone(LONDON) for slot in shift_of(found, service).closes]
    assert [wall.hour for wall in walls if wall.hour in closes] == closes
    assert [wall.fold for wall in walls] == [0] * len(walls)


# --- Inside or not ------------------------------------------------------------------------------


@given(
    zone=st.sampled_from(
        ["Europe/London", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Lima"]
    ),
    month=st.sampled_from([3, 4, 10, 11]),
    starts=st.integers(0, 23),
    length=st.integers(1, 24),
    weekday=st.integers(0, 6),
)
def test_every_time_offered_lies_inside_the_hours(zone, month, starts, length, weekday):
    """`is_open` and what visitors are offered agree, clock changes included."""
    zone = ZoneInfo(zone)
    ends = starts + length
    rules = [WeeklyRule(weekday, time(starts), time(min(ends, 24) % 24))]
    if ends > 24:
        rules.append(WeeklyRule((weekday + 1) % 7, time(0), time(ends - 24)))
    now = datetime(2030, month, 1, tzinfo=UTC)
    minutes = timedelta(minutes=1)
    terms = Terms(50 * minutes, 0 * minutes, 0 * minutes, 30 * minutes, 0 * minutes, 40 * DAY)
    days = {"first_day": now.date(), "last_day": now.date() + 35 * DAY}
    nothing = {"extra": [], "time_off": [], "busy": [], "taken": []}
    slots = open_slots(rules=rules, terms=terms, zone=zone, now=now, **days, **nothing)
    for slot in slots:
        assert is_open(Stretch(slot.start, slot.end), rules, [], zone)
        assert not is_open(Stretch(slot.start, slot.end), [], [], zone)
    if slots and length < 24:
        assert not is_open(Stretch(slots[0].start - DAY, slots[0].end), rules, [], zone)


# --- Saving -------------------------------------------------------------------------------------


def test_saving_changes_no_consultation(ada, booked, mondays):
    before = Consultation.objects.values().get()
    proposal = Proposal(
        without=frozenset({mondays.pk}), exceptions=(off(START - HOUR, START + HOUR),)
    )
    hours_save(counsellor=ada, proposal=proposal)
    assert Consultation.objects.values().get() == before
    assert not AvailabilityRule.objects.exists()
    assert AvailabilityException.objects.get().counsellor == ada


def test_it_asks_again_when_something_was_booked_since_it_was_seen(ada, booked, mondays):
    proposal = Proposal(without=frozenset({mondays.pk}))
    with pytest.raises(ConflictError):
        hours_save(counsellor=ada, proposal=proposal, seen=[])
    assert AvailabilityRule.objects.exists()
    # Less in the way than was seen is no reason to ask again.
    hours_save(counsellor=ada, proposal=proposal, seen=[booked.pk, uuid4()])
    assert not AvailabilityRule.objects.exists()


def test_hours_are_named_for_own_services_alone(ada):
    rule = AvailabilityRule(weekday=0, starts=time(9), ends=time(10), service=make_service())
    with pytest.raises(DomainError):
        hours_save(counsellor=ada, proposal=Proposal(rules=(rule,)))
    assert not AvailabilityRule.objects.exists()


# --- Another clock ------------------------------------------------------------------------------


def test_a_move_keeps_wall_times_dates_and_instants_each_as_they_should(ada, booked, mondays):
    midnight = datetime(2030, 7, 1, tzinfo=LONDON)
    holiday = off(midnight, midnight + 2 * DAY, counsellor=ada, whole_days=True)
    lunch = off(START, START + HOUR, counsellor=ada)
    holiday.save()
    lunch.save()
    counsellor_move_zone(counsellor=ada, time_zone="Asia/Kolkata")
    ada.refresh_from_db()
    assert ada.time_zone == "Asia/Kolkata"
    holiday.refresh_from_db()
    lunch.refresh_from_db()
    kolkata = ZoneInfo("Asia/Kolkata")
    assert holiday.starts_at == datetime(2030, 7, 1, tzinfo=kolkata)
    assert holiday.ends_at == datetime(2030, 7, 3, tzinfo=kolkata)
    assert (lunch.starts_at, Consultation.objects.get().starts_at) == (START, START)
    assert AvailabilityRule.objects.get().starts == time(9)


def test_a_move_sent_twice_moves_a_holiday_once(ada):
    ada.time_zone = "America/New_York"
    ada.save()
    midnight = datetime(2030, 7, 1, tzinfo=ZoneInfo("America/New_York"))
    off(midnight, midnight + DAY, counsellor=ada, whole_days=True).save()
    the_same = Counsellor.objects.get(pk=ada.pk)
    for counsellor in (ada, the_same):
        counsellor_move_zone(counsellor=counsellor, time_zone="Europe/London")
    assert AvailabilityException.objects.get().starts_at == datetime(2030, 7, 1, tzinfo=LONDON)


def test_hours_drawn_up_by_the_clock_before_are_not_saved(ada):
    midnight = datetime(2030, 7, 1, tzinfo=LONDON)
    proposal = Proposal(exceptions=(off(midnight, midnight + DAY, whole_days=True),))
    counsellor_move_zone(counsellor=Counsellor.objects.get(pk=ada.pk), time_zone="America/New_York")
    with pytest.raises(ConflictError):
        hours_save(counsellor=ada, proposal=proposal)
    assert not AvailabilityException.objects.exists()


def test_a_move_says_what_then_lies_outside_the_hours(ada, service, booked):
    """10:00 in London is 15:30 in Kolkata, still inside; and 05:00 in New York."""
    for zone, hits in (("Asia/Kolkata", []), ("America/New_York", [booked])):
        found = difference(ada, zone_move(ada, zone), NOW)
        assert [hit.taken for hit in found.collisions] == hits
        assert found.coming == [booked]
        assert shift_of(found, service).closes
    opens = difference(ada, zone_move(ada, "Asia/Kolkata"), NOW).shifts[0].opens
    assert opens[0].start == datetime(2030, 1, 7, 3, 30, tzinfo=UTC)


@pytest.mark.parametrize("day", [date(2030, 3, 31), date(2030, 10, 27)])
def test_a_day_off_on_a_clock_change_stays_the_whole_day(ada, day):
    """23 or 25 hours in London, 24 in Kolkata; and back again."""
    ada.time_zone = "Asia/Kolkata"
    ada.save()
    start = datetime.combine(day, time(), ZoneInfo("Asia/Kolkata"))
    off(start, start + DAY, counsellor=ada, whole_days=True).save()
    counsellor_move_zone(counsellor=ada, time_zone="Europe/London")
    row = AvailabilityException.objects.get()
    assert row.starts_at == datetime.combine(day, time(), LONDON)
    assert row.ends_at == datetime.combine(day + DAY, time(), LONDON)
    assert row.ends_at - row.starts_at == (23 if day.month == 3 else 25) * HOUR


@pytest.mark.parametrize("junk", ["Mars/Phobos", "../../etc/passwd", "", "\0", "x" * 100_000])
def test_a_move_to_nowhere_is_refused(ada, junk):
    with pytest.raises(DomainError):
        counsellor_move_zone(counsellor=ada, time_zone=junk)


def test_a_holiday_on_a_day_that_never_was_is_left_alone(ada):
    """Samoa skipped 30 December 2011."""
    start = datetime(2011, 12, 30, tzinfo=UTC)
    row = off(start, start + DAY, counsellor=ada, whole_days=True)
    row.save()
    counsellor_move_zone(counsellor=ada, time_zone="Pacific/Apia")
    assert AvailabilityException.objects.get().starts_at == start
