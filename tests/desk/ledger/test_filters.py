"""The ledger by state, channel and days."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from counsel.reminders.models import Reminder
from tests.desk.ledger.planning import DAY, HOUR, LIST, NOW, plan
from tests.factories import make_client, make_counsellor
from tests.sessions.reading import text

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def anna(client):
    anna = make_client(name="Anna", counsellor=make_counsellor(time_zone="America/New_York"))
    client.force_login(anna.counsellor.user)
    return anna


@pytest.fixture
def listed(client, anna):
    """Which of the rows stand in the list, by their occurrence."""

    def listed(query):
        response = client.get(f"{LIST}?{query}")
        assert response.status_code == 200, response.headers
        return {row.occurrence for row in response.context["cl"].result_list}

    return listed


def due(anna, occurrence, at, **fields):
    return plan(anna, occurrence=occurrence, due_at=at, not_after=at + DAY, **fields)


def test_by_channel(listed, anna):
    for channel in ("email", "sms", "push"):
        due(anna, channel, NOW, channel=channel)
    assert listed("channel=sms") == {"sms"}
    assert listed("channel=smoke") == {"email", "sms", "push"}


def test_by_what_is_due_and_has_not_gone_out(listed, anna):
    due(anna, "waits", NOW - HOUR)
    due(anna, "tried again soon", NOW - HOUR)
    due(anna, "at the end of quiet hours", NOW - HOUR)
    Reminder.objects.filter(occurrence="tried again soon").update(try_at=NOW + HOUR / 2)
    Reminder.objects.filter(occurrence="at the end of quiet hours").update(try_at=NOW + 8 * HOUR)
    due(anna, "being sent", NOW - HOUR, state="claimed")
    due(anna, "sent", NOW - HOUR, state="sent")
    due(anna, "to come", NOW + HOUR)
    assert listed("state=late") == {"waits", "tried again soon", "being sent"}
    assert listed("state=claimed") == {"being sent"}
    assert len(listed("state=queued")) == 4


def test_by_spans_of_whole_days_of_the_readers_clock(listed, anna):
    # In New York it is four in the morning.
    for name, hours in (("ago", -28), ("today", -4), ("night", 19), ("next", 20), ("later", 190)):
        due(anna, name, NOW + hours * HOUR)
    assert listed("due=today") == {"today", "night"}
    assert listed("due=ahead") == {"today", "night", "next"}
    assert listed("due=week") == {"ago", "today", "night"}
    assert listed("due=month") == {"ago", "today", "night"}
    assert len(listed("due=never")) == 5


def test_by_days_both_of_them_whole(listed, anna):
    day = datetime(2030, 1, 7, 5, tzinfo=UTC)
    for name, at in (
        ("before", day - timedelta(seconds=1)),
        ("first", day),
        ("last", day + 2 * DAY - timedelta(seconds=1)),
        ("after", day + 2 * DAY),
    ):
        due(anna, name, at)
    assert listed("due_first=2030-01-07&due_last=2030-01-08") == {"first", "last"}
    assert listed("due_first=2030-01-07") == {"first", "last", "after"}
    assert listed("due_last=2030-01-08") == {"before", "first", "last"}


@pytest.mark.parametrize(("day", "hours"), [("2030-03-10", 23), ("2030-11-03", 25)])
def test_a_day_on_which_clocks_change_is_as_long_as_it_is(listed, anna, day, hours):
    starts = datetime.fromisoformat(f"{day}T{'05' if hours == 23 else '04'}:00+00:00")
    due(anna, "first", starts)
    due(anna, "last", starts + hours * HOUR - timedelta(seconds=1))
    due(anna, "after", starts + hours * HOUR)
    assert listed(f"due_first={day}&due_last={day}") == {"first", "last"}


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("due_first=tomorrow", "Enter a valid date."),
        ("due_first=0001-01-01", "Choose a day from 2000 on."),
        ("due_last=9999-12-31", "Choose a day from 2000 on."),
        ("due_first=2030-01-08&due_last=2030-01-07", "This day is before the first one."),
    ],
)
def test_days_that_cannot_be_are_told_beside_their_field(client, anna, query, words):
    due(anna, "one", NOW)
    response = client.get(f"{LIST}?{query}")
    assert words in text(response)
    assert response.context["cl"].result_count == 1
    typed = query.partition("&")[0].partition("=")[2]
    assert f'value="{typed}"' in response.content.decode()


def test_what_else_is_chosen_is_kept(client, anna):
    page = client.get(f"{LIST}?state=sent&due=today&p=2").content.decode()
    assert '<input type="hidden" name="state" value="sent">' in page
    assert 'name="due" value' not in page
    assert "?due=ahead&amp;state=sent" in page or "?state=sent&amp;due=ahead" in page


def test_the_instants_a_number_leads_here_with_are_said(client, listed, anna):
    due(anna, "in", NOW)
    due(anna, "out", NOW + HOUR)
    query = "due_at__gte=2030-01-03T08:00:00%2B00:00&due_at__lt=2030-01-03T10:00:00%2B00:00"
    assert listed(query) == {"in"}
    assert "from 3 Jan 2030, 03:00 before 3 Jan 2030, 05:00" in text(client.get(f"{LIST}?{query}"))


@pytest.mark.parametrize(
    "query",
    [
        *("due_at__lt=soon", "due_at__lt=2030-13-45T00:00", "due_at__gte=2030-01-01"),
        # In UTC they are no days any more.
        "due_at__gte=0001-01-01T00:00:00%2B23:59",
        "due_at__lt=9999-12-31T23:59:59-23:59",
    ],
)
def test_what_is_no_instant_limits_nothing(listed, anna, query):
    due(anna, "one", NOW)
    assert listed(query) == {"one"}


def test_it_is_put_in_order_by_nothing_but_time(client, anna):
    plan(anna)
    page = client.get(LIST).content.decode()
    assert {column.strip("-") for column in re.findall(r"[?;]o=([-.\d]+)", page)} == {"0"}


def test_one_row_leads_to_how_it_reads(client, anna):
    row = due(anna, "one", NOW)
    page = client.get(f"{LIST}{row.pk}/change/").content.decode()
    assert f"{LIST}{row.pk}/message/" in page
    assert "E-mail" in page or "e-mail" in page
