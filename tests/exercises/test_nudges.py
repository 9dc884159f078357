"""Reminders that nothing follows become fewer and stop; practice, or the client, brings them back.

When they stop is told at the desk: it must not depend on what a client keeps private.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
import time_machine

from clients.models import Client
from clients.services import homework_resume
from counsel.accounts.models import Practice
from counsel.reminders.models import Reminder
from exercises import settling
from exercises.models import Nudges
from exercises.planning import practice_plan
from exercises.services.declining import entry_could_not
from exercises.services.practising import entry_begin, entry_share, entry_submit
from tests.exercises.ticks import homework_tick, send_what_is_due
from tests.factories import make_assignment, make_entry, make_version
from tests.thorough import THOROUGH

# 09:00 in London, where it is winter; the message's hour is 18:00.
FIRST = datetime(2030, 1, 7, 9, tzinfo=UTC)
DAY = timedelta(days=1)
EVENING = timedelta(hours=9)
travel = partial(time_machine.travel, tick=False)


@pytest.fixture
def anna(ravi):
    Client.objects.filter(pk=ravi.pk).update(time_zone="Europe/London")
    ravi.refresh_from_db()
    return ravi


@pytest.fixture
def todo(anna):
    long_ago = {"starts_on": date(2029, 1, 1), "created_at": FIRST - 300 * DAY}
    return make_assignment(client=anna, **long_ago)


def go_on(days, *, each_morning=None, since=0):
    """Which of these days, counted from the first, had a message, and what it spoke of."""
    before = set(Reminder.objects.filter(state="sent").values_list("pk", flat=True))
    for number in range(since, since + days):
        for moment in (FIRST + number * DAY, FIRST + number * DAY + EVENING):
            with travel(moment):
                tick(moment)
                if each_morning and moment.hour == FIRST.hour:
                    each_morning(number)
    sent = Reminder.objects.filter(state="sent").exclude(pk__in=before).order_by("due_at")
    return [((row.due_at - FIRST).days, row.about) for row in sent]


def tick(moment):
    """It is planned in the morning, for the day and the next: the evening finds nothing to add."""
    if moment.hour == FIRST.hour or THOROUGH:
        homework_tick(moment)
    else:
        send_what_is_due(moment)


def stopped_at(anna):
    anna.refresh_from_db()
    return anna.homework_stopped_at


def test_daily_then_every_third_day_then_one_last(anna, todo):
    assert go_on(40) == [
        *((day, "practice") for day in range(4)),
        *((day, "practice gently") for day in (6, 9, 12, 15)),
        (18, "last"),
    ]
    # The tick after it.
    assert stopped_at(anna) == FIRST + 19 * DAY


def test_the_practice_decides_how_many(anna, todo):
    Practice.objects.create(soften_after=1, stop_after=2)
    assert go_on(12) == [(0, "practice"), (3, "practice gently"), (6, "last")]


def test_where_fewer_days_ask_every_third_of_them_has_one(anna, version):
    monday_and_friday = {"rhythm": "weekdays", "weekdays": "04", "starts_on": date(2029, 1, 1)}
    make_assignment(client=anna, version=version, created_at=FIRST - 300 * DAY, **monday_and_friday)
    # Of the days that ask: 0, 4, 7, 11, 14, 18, 21, 25 and so on.
    assert go_on(30) == [
        *((day, "practice") for day in (0, 4, 7, 11)),
        (21, "practice gently"),
    ]


def practise(todo, sharing):
    entry = entry_begin(client=todo.client, version=todo.version, assignment=todo)
    return entry_submit(entry=entry, sharing=sharing)


@pytest.mark.parametrize("sharing", ["private", "shared"])
@pytest.mark.parametrize("shows_days", [True, False])
def test_practising_begins_anew_private_or_not(anna, todo, sharing, shows_days):
    Client.objects.filter(pk=anna.pk).update(shows_private_days=shows_days)
    todo.client.refresh_from_db()
    go_on(6)
    with travel(FIRST + 6 * DAY):
        practise(todo, sharing)
    assert Nudges.objects.get(client=anna).ignored == 0
    assert go_on(5, since=6) == [(day, "practice") for day in (7, 8, 9, 10)]


def test_practising_brings_back_those_that_had_stopped(anna, todo):
    go_on(20)
    assert stopped_at(anna)
    with travel(FIRST + 20 * DAY):
        practise(todo, "private")
    assert stopped_at(anna) is None
    assert go_on(2, since=20) == [(21, "practice")]


def test_a_click_brings_them_back_at_once(anna, todo):
    go_on(20)
    with travel(FIRST + 20 * DAY):
        homework_resume(client=anna)
        assert Reminder.objects.filter(state="queued").count() == 2
    assert go_on(5, since=20) == [
        *((day, "practice") for day in (20, 21, 22, 23)),
    ]
    assert stopped_at(anna) is None


def test_brought_back_on_the_day_of_the_last_one_they_stay(anna, todo):
    go_on(19)
    late = FIRST + 18 * DAY + EVENING + timedelta(hours=1)
    with travel(late):
        practice_plan(late)
        assert stopped_at(anna)
        homework_resume(client=anna)
        practice_plan(late)
        assert stopped_at(anna) is None


def test_what_is_shared_is_an_answer_too(anna, todo):
    go_on(3)
    with travel(FIRST + 3 * DAY):
        said = entry_could_not(assignment=todo, because="Too tired.", sharing="shared")
    assert Nudges.objects.get(client=anna).ignored == 0
    with travel(FIRST + 4 * DAY):
        entry_share(entry=said, sharing="private")
    go_on(1, since=4)
    with travel(FIRST + 5 * DAY):
        practice_plan(FIRST + 5 * DAY)
        assert Nudges.objects.get(client=anna).ignored == 1
        entry_share(entry=said, sharing="shared")
        assert Nudges.objects.get(client=anna).ignored == 0


def could_not(todo):
    def say(_day):
        entry_could_not(assignment=todo, because="Too tired.", sharing="private")

    return say


def write_for_oneself(todo):
    def write(_day):
        make_entry(client=todo.client, version=make_version(kind="journal"))

    return write


@pytest.mark.parametrize("keep", [could_not, write_for_oneself])
@pytest.mark.parametrize("days", [9, 25])
def test_when_they_stop_tells_nothing_private(anna, todo, keep, days):
    """The same days with something private each morning, and with nothing at all."""
    go_on(days)
    without = stopped_at(anna), Nudges.objects.get(client=anna).ignored
    Reminder.objects.all().delete()
    Nudges.objects.all().delete()
    Client.objects.filter(pk=anna.pk).update(homework_stopped_at=None)
    go_on(days, each_morning=keep(todo))
    assert (stopped_at(anna), Nudges.objects.get(client=anna).ignored) == without


def test_on_a_day_that_was_none_for_it_only_the_last_one_comes(anna, todo):
    sent = go_on(25, each_morning=could_not(todo))
    assert sent == [(18, "last")]


def test_one_that_could_not_be_sent_is_not_counted(anna, todo):
    Client.objects.filter(pk=anna.pk).update(email_refused_at=FIRST)
    go_on(12)
    assert not Nudges.objects.exists()


def test_something_new_is_told_of_though_they_have_stopped(anna, todo, version):
    go_on(20)
    with travel(FIRST + 20 * DAY):
        make_assignment(client=anna, version=version, starts_on=(FIRST + 20 * DAY).date())
    assert go_on(4, since=20) == [(20, "news")]


def test_something_new_takes_the_place_of_a_gentle_one(anna, todo, version):
    go_on(5)
    with travel(FIRST + 5 * DAY):
        seldom = {"rhythm": "weekdays", "weekdays": "2", "reminders": False}
        make_assignment(client=anna, version=version, starts_on=date(2030, 1, 13), **seldom)
    assert go_on(4, since=5) == [(6, "news"), (7, "practice gently")]


def test_one_tick_after_the_other_counts_once(anna, todo):
    go_on(2)
    late = FIRST + DAY + EVENING
    for minutes in range(1, 10):
        practice_plan(late + timedelta(minutes=minutes))
    assert Nudges.objects.get(client=anna).ignored == 2


def test_two_who_plan_at_once_count_once(anna, todo, monkeypatch):
    """The second has read what there was before the first wrote."""
    go_on(1)
    late = FIRST + EVENING + timedelta(minutes=1)
    counted = settling.nudges_count

    def twice(**what):
        counted(**what)
        counted(**what)

    monkeypatch.setattr(settling, "nudges_count", twice)
    practice_plan(late)
    assert Nudges.objects.get(client=anna).ignored == 1


@pytest.mark.parametrize(
    ("shows_days", "words"),
    [(True, "Your counsellor can see that they have stopped."), (False, "Only you can see this.")],
)
def test_the_home_says_that_they_rest_and_brings_them_back(http, anna, todo, shows_days, words):
    fields = {"homework_stopped_at": FIRST, "shows_private_days": shows_days}
    Client.objects.filter(pk=anna.pk).update(**fields)
    assert words in http.get("/my/").content.decode()
    http.post("/my/settings/messages/resume/")
    assert stopped_at(anna) is None
    assert words not in http.get("/my/").content.decode()
