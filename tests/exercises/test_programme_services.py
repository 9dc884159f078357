"""A programme as a client goes through it: given, going on, ended."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from counsel.common.errors import ConflictError, DomainError
from counsel.reminders.models import Reminder
from counsel.reminders.registry import planners
from exercises.models import Assignment, Enrolment, Exercise
from exercises.selectors.programmes import steps_of
from exercises.services.assigning import assignment_withdraw
from exercises.services.practising import entry_begin, entry_submit
from exercises.services.programmes import (
    assignment_release,
    enrolment_end,
    programme_give,
    programmes_go_on,
    programmes_keep,
)
from tests.factories import (
    make_client,
    make_counsellor,
    make_entry,
    make_portal_client,
    make_programme,
    make_version,
)

pytestmark = pytest.mark.django_db
# A Monday morning in London, the afternoon of that day in Kolkata.
NOW = datetime(2030, 1, 7, 10, tzinfo=UTC)
TODAY = date(2030, 1, 7)
DAY = timedelta(days=1)
AFTER_2 = {"release": "after_one_before", "days": 2}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def anna():
    return make_portal_client(counsellor=make_counsellor(), time_zone="Asia/Kolkata")


@pytest.fixture
def programme(anna):
    """Pause at once; Label after Pause on two days, for a week; Share after Label."""
    exercises = [make_version(title=title).exercise for title in ("Pause", "Label", "Share")]
    how = [{}, {**AFTER_2, "lasts_days": 7}, {"release": "after_one_before", "days": 1}]
    items = [{"exercise": e, **more} for e, more in zip(exercises, how, strict=True)]
    return make_programme(*items, owner=anna.counsellor)


@pytest.fixture
def given(anna, programme):
    """Its three assignments, in order."""
    return rows_of(programme_give(programme=programme, client=anna, starts_on=TODAY))


def rows_of(enrolment):
    return [step.assignment for step in steps_of(enrolment)]


def practise(assignment, *days, **fields):
    for day in days:
        make_entry(assignment=assignment, local_date=day, **fields)
    programmes_go_on(assignment=assignment, now=datetime.now(UTC))


def status_of(assignment):
    assignment.refresh_from_db()
    return assignment.status


# --- Giving ---------------------------------------------------------------------------------


def test_it_gives_everything_at_once_in_order(anna, programme, given):
    enrolment = Enrolment.objects.get()
    assert (enrolment.client, enrolment.starts_on, enrolment.ended_on) == (anna, TODAY, None)
    assert [row.version.title for row in given] == ["Pause", "Label", "Share"]
    assert [row.status for row in given] == ["active", "waiting", "waiting"]
    assert [row.after for row in given] == [None, given[0], given[1]]
    assert [row.after_days for row in given] == [None, 2, 1]
    assert {row.client for row in given} == {anna}
    assert {row.rationale for row in given} == {"Because small steps count."}


def test_it_dates_what_has_a_day_of_its_own(anna):
    programme = make_programme(
        {"lasts_days": 7},
        {"release": "after_days", "days": 7, "lasts_days": 1},
        {"release": "on_date", "on_date": date(2030, 2, 1)},
        {"release": "on_date", "on_date": date(2029, 2, 1), "lasts_days": 2},
        owner=anna.counsellor,
    )
    rows = rows_of(programme_give(programme=programme, client=anna, starts_on=TODAY))
    assert [(row.starts_on, row.ends_on) for row in rows] == [
        (TODAY, date(2030, 1, 13)),
        (date(2030, 1, 14), date(2030, 1, 14)),
        (date(2030, 2, 1), None),
        (TODAY, date(2030, 1, 8)),
    ]
    assert {(row.status, row.after) for row in rows} == {("active", None)}


def test_it_copies_how_each_is_given(anna):
    how = {"rhythm": "weekdays", "weekdays": "024", "reminders": False, "rationale": "For now."}
    weeks = {"rhythm": "every_weeks", "every_weeks": 2}
    often = {"rhythm": "times_a_week", "times_a_week": 3}
    programme = make_programme(how, weeks, often, owner=anna.counsellor)
    first, second, third = rows_of(
        programme_give(programme=programme, client=anna, starts_on=TODAY)
    )
    assert {name: getattr(first, name) for name in how} == how
    assert (second.rhythm, second.every_weeks) == ("every_weeks", 2)
    assert (third.rhythm, third.times_a_week) == ("times_a_week", 3)


def test_it_gives_the_newest_version_and_changes_nothing_that_was_given(anna):
    old = make_version(title="Once")
    programme = make_programme({"exercise": old.exercise}, owner=anna.counsellor)
    make_version(exercise=old.exercise, number=2, title="Twice")
    (row,) = rows_of(programme_give(programme=programme, client=anna, starts_on=TODAY))
    assert row.version.title == "Twice"
    make_version(exercise=old.exercise, number=3, title="Thrice")
    programme.items.update(rationale="Another.", rhythm="once")
    row.refresh_from_db()
    assert (row.version.title, row.rationale) == ("Twice", "Because small steps count.")
    assert row.rhythm == "daily"


def test_somebody_is_in_a_programme_once_at_a_time(anna, programme, given):
    with pytest.raises(ConflictError, match="in this programme already"):
        programme_give(programme=programme, client=anna, starts_on=TODAY)
    assert Assignment.objects.count() == 3
    other = make_client(counsellor=anna.counsellor)
    programme_give(programme=programme, client=other, starts_on=TODAY)
    enrolment_end(enrolment=Enrolment.objects.get(client=anna))
    programme_give(programme=programme, client=anna, starts_on=TODAY)
    assert Enrolment.objects.filter(client=anna).count() == 2


def test_it_gives_nothing_that_is_not_offered(anna, programme):
    Exercise.objects.filter(pk=programme.items.last().exercise_id).update(put_away_at=NOW)
    with pytest.raises(DomainError, match="not offered any more"):
        programme_give(programme=programme, client=anna, starts_on=TODAY)
    hers = make_version(owner=make_counsellor()).exercise
    with pytest.raises(DomainError, match="not offered any more"):
        foreign = make_programme({"exercise": hers}, owner=anna.counsellor)
        programme_give(programme=foreign, client=anna, starts_on=TODAY)
    put_away = make_programme(owner=anna.counsellor, put_away_at=NOW)
    with pytest.raises(DomainError, match="put away"):
        programme_give(programme=put_away, client=anna, starts_on=TODAY)
    assert not Assignment.objects.exists()
    assert not Enrolment.objects.exists()


def test_it_plans_the_reminders_of_what_opens(anna, programme):
    anna.reminder_hour = 20
    anna.save()
    programme_give(programme=programme, client=anna, starts_on=TODAY)
    assert set(Reminder.objects.values_list("occurrence", flat=True)) == {
        "2030-01-07",
        "2030-01-08",
    }


# --- Going on -------------------------------------------------------------------------------


def test_the_next_opens_on_the_day_after_enough_days_for_as_long_as_was_said(given):
    pause, label, share = given
    practise(pause, TODAY - DAY)
    assert status_of(label) == "waiting"
    practise(pause, TODAY)
    assert status_of(label) == "active"
    assert (label.starts_on, label.ends_on) == (TODAY + DAY, TODAY + 7 * DAY)
    assert status_of(share) == "waiting"


def test_an_entry_that_is_handed_in_opens_it_and_its_reminder_is_planned(anna, given, clock):
    anna.reminder_hour = 20
    anna.save()
    pause, label, _share = given
    for day in (NOW, NOW + DAY):
        clock.move_to(day)
        entry = entry_begin(client=anna, version=pause.version, assignment=pause)
        entry_submit(entry=entry, sharing="private")
    assert status_of(label) == "active"
    assert label.starts_on == TODAY + 2 * DAY
    # Today is done, and so nothing of today reminds of what opens tomorrow.
    waiting = Reminder.objects.filter(state="queued").values_list("occurrence", flat=True)
    assert list(waiting) == ["2030-01-09"]


def test_tomorrow_is_the_clients(given, clock):
    """Half past eight in the evening in London is tomorrow already in Kolkata."""
    clock.move_to(datetime(2030, 1, 7, 20, 30, tzinfo=UTC))
    pause, label, _share = given
    practise(pause, TODAY, TODAY + DAY)
    assert status_of(label) == "active"
    assert label.starts_on == date(2030, 1, 9)


def test_a_day_counts_once_and_only_done_and_as_it_stands_now(given):
    pause, label, _share = given
    practise(pause, TODAY, TODAY)
    practise(pause, TODAY + DAY, outcome="could_not")
    practise(pause, TODAY + 2 * DAY, state="draft")
    old = make_entry(assignment=pause, local_date=TODAY + 3 * DAY)
    practise(pause, TODAY, corrects=old)
    assert status_of(label) == "waiting"
    practise(pause, TODAY + DAY, smaller=True)
    assert status_of(label) == "active"


def test_private_days_count_unless_the_client_keeps_them_private_too(anna, given):
    pause, label, share = given
    practise(pause, TODAY, TODAY + DAY, sharing="private")
    assert status_of(label) == "active"
    anna.shows_private_days = False
    anna.save()
    practise(label, TODAY, sharing="private")
    assert status_of(share) == "waiting"
    practise(label, TODAY, sharing="shared")
    assert status_of(share) == "active"


def test_what_opened_stays_when_days_are_kept_private_later(anna, given):
    pause, label, _share = given
    practise(pause, TODAY, TODAY + DAY, sharing="private")
    anna.shows_private_days = False
    anna.save()
    programmes_keep(NOW)
    practise(pause, TODAY + 2 * DAY)
    assert status_of(label) == "active"
    assert label.starts_on == TODAY + DAY


def test_going_on_twice_is_once(given, clock):
    pause, label, _share = given
    practise(pause, TODAY, TODAY + DAY)
    clock.move_to(NOW + 3 * DAY)
    practise(pause, TODAY + 3 * DAY)
    programmes_keep(NOW + 3 * DAY)
    label.refresh_from_db()
    assert label.starts_on == TODAY + DAY


def test_what_was_withdrawn_meanwhile_does_not_open(given):
    pause, label, _share = given
    assignment_withdraw(assignment=label)
    practise(pause, TODAY, TODAY + DAY)
    assert status_of(label) == "withdrawn"


def test_one_client_going_on_opens_nothing_of_another(anna, programme, given):
    ben = make_portal_client(counsellor=anna.counsellor)
    enrolment = programme_give(programme=programme, client=ben, starts_on=TODAY)
    practise(given[0], TODAY, TODAY + DAY)
    assert [row.status for row in rows_of(enrolment)] == ["active", "waiting", "waiting"]


def test_an_exercise_outside_a_programme_asks_the_database_nothing(django_assert_num_queries):
    entry = make_entry(version=make_version())
    assignment = Assignment(client=entry.client, version=entry.version, starts_on=TODAY)
    with django_assert_num_queries(0):
        programmes_go_on(assignment=assignment, now=NOW)


def test_the_tick_opens_what_became_known_later(given):
    """Shared afterwards, say, or the client lets days be known again."""
    pause, label, _share = given
    for day in (TODAY, TODAY + DAY):
        make_entry(assignment=pause, local_date=day)
    assert programmes_keep in planners()
    programmes_keep(NOW)
    assert status_of(label) == "active"
    assert label.starts_on == TODAY + DAY


@pytest.mark.parametrize("programmes", [1, 5])
def test_a_tick_with_nothing_to_do_reads_the_same_few_times(
    anna, programme, programmes, django_assert_num_queries
):
    for _number in range(programmes):
        client = make_client(counsellor=anna.counsellor)
        programme_give(programme=programme, client=client, starts_on=TODAY)
    with django_assert_num_queries(3):
        programmes_keep(NOW)


# --- Opening by hand, and the end -----------------------------------------------------------


def test_the_counsellor_may_open_what_waits_from_today_on(given):
    _pause, label, _share = given
    assignment_release(assignment=label)
    assert status_of(label) == "active"
    assert (label.starts_on, label.ends_on) == (TODAY, TODAY + 6 * DAY)
    with pytest.raises(ConflictError, match="not waiting"):
        assignment_release(assignment=label)


def test_ending_it_takes_back_what_is_open_and_what_waits(anna, given, clock):
    clock.move_to(NOW + 3 * DAY)
    enrolment = Enrolment.objects.get()
    enrolment_end(enrolment=enrolment)
    enrolment.refresh_from_db()
    assert enrolment.ended_on == TODAY + 3 * DAY
    assert [status_of(row) for row in given] == ["withdrawn"] * 3
    assert {row.withdrawn_on for row in given} == {TODAY + 3 * DAY}
    # What never opened never asked for anything.
    counted = Assignment.objects.counted_between(TODAY, TODAY + 30 * DAY)
    assert [row.pk for row in counted] == [given[0].pk]


def test_ending_it_leaves_alone_what_was_over_and_what_was_written(anna, clock):
    programme = make_programme({"lasts_days": 2}, {}, owner=anna.counsellor)
    enrolment = programme_give(programme=programme, client=anna, starts_on=TODAY)
    over, running = rows_of(enrolment)
    entry = make_entry(assignment=over, answers={"words": "Kept."})
    clock.move_to(NOW + 2 * DAY)
    enrolment_end(enrolment=enrolment)
    assert (status_of(over), status_of(running)) == ("active", "withdrawn")
    entry.refresh_from_db()
    assert entry.answers == {"words": "Kept."}
    clock.move_to(NOW + 5 * DAY)
    enrolment_end(enrolment=enrolment)
    running.refresh_from_db()
    assert running.withdrawn_on == TODAY + 2 * DAY


def test_practice_of_the_last_day_counts(given):
    make_entry(assignment=given[0])
    enrolment_end(enrolment=Enrolment.objects.get())
    given[0].refresh_from_db()
    assert given[0].withdrawn_on == TODAY + DAY


def test_it_ends_by_itself_once_its_last_day_is_over_everywhere(anna):
    programme = make_programme({"lasts_days": 2}, {"lasts_days": 3}, owner=anna.counsellor)
    enrolment = programme_give(programme=programme, client=anna, starts_on=TODAY)
    # Noon in UTC is midnight at the end of that day where it comes last.
    programmes_keep(datetime(2030, 1, 10, 11, 59, tzinfo=UTC))
    enrolment.refresh_from_db()
    assert enrolment.ended_on is None
    programmes_keep(datetime(2030, 1, 10, 12, tzinfo=UTC))
    enrolment.refresh_from_db()
    assert enrolment.ended_on == date(2030, 1, 9)


def test_it_does_not_end_while_something_waits_or_has_no_end(anna, given):
    programmes_keep(NOW + 300 * DAY)
    assignment_withdraw(assignment=given[0])
    programmes_keep(NOW + 300 * DAY)
    assert Enrolment.objects.get().ended_on is None
    for row in given[1:]:
        assignment_withdraw(assignment=row)
    programmes_keep(NOW + 300 * DAY)
    assert Enrolment.objects.get().ended_on == TODAY
