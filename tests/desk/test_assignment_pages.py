"""The page of an assignment at the desk, and what may be done from it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from counsel.audit.models import AccessEvent
from exercises.models import Assignment, AssignmentPause
from exercises.services.assigning import seal_of
from tests.costs import LISTED
from tests.factories import (
    make_assignment,
    make_client,
    make_counsellor,
    make_entry,
    make_manager,
    make_version,
)

pytestmark = pytest.mark.django_db
LIST = "/admin/exercises/assignment/"
QUERIES_LIST = 7
# The last is the lock before an access event, which SQLite does not need.
QUERIES_PAGE = 15
# 10:00 on Monday, 7 January 2030, in India.
MONDAY = datetime(2030, 1, 7, 4, 30, tzinfo=UTC)
JUNK = ("\x00", "x", "2030-02-30", "9" * 400, "-1", "💥", "9999-12-31", "0001-01-01")


@pytest.fixture
def clock():
    with time_machine.travel(MONDAY, tick=False) as clock:
        yield clock


@pytest.fixture
def todo(client, clock):
    person = make_client(name="Person-4X", time_zone="Asia/Kolkata")
    client.force_login(person.counsellor.user)
    version = make_version(title="Look around", easier="One breath.")
    return make_assignment(client=person, version=version, starts_on=date(2030, 1, 1))


def page_of(todo, page="change"):
    return f"{LIST}{todo.pk}/{page}/"


def form(todo, **changes):
    given = {"seal": seal_of(todo), "rationale": todo.rationale, "rhythm": todo.rhythm}
    return {**given, "starts_on": todo.starts_on, "reminders": "on", **changes}


def test_it_shows_how_it_stands_and_what_was_shared(client, todo):
    AssignmentPause.objects.create(
        assignment=todo, first_day=date(2030, 1, 2), last_day=date(2030, 1, 4)
    )
    shared = make_entry(assignment=todo, sharing="shared", answers={"words": "Canary-7Q"})
    private = make_entry(assignment=todo, answers={"words": "Canary-8R"})
    page = client.get(page_of(todo)).content.decode()
    assert "running" in page
    assert "2 Jan to 4 Jan" in page
    assert str(shared.pk) in page
    assert str(private.pk) not in page
    assert "Canary" not in page


@pytest.mark.parametrize(
    ("fields", "rest", "buttons"),
    [
        ({}, False, {"edit", "pause", "smaller", "withdraw"}),
        ({"smaller": True}, False, {"edit", "pause", "whole", "withdraw"}),
        ({}, True, {"edit", "resume", "smaller", "withdraw"}),
        ({"ends_on": date(2030, 1, 6)}, False, set()),
        ({"status": "withdrawn", "withdrawn_on": date(2030, 1, 6)}, False, set()),
    ],
)
def test_it_offers_what_may_be_done(client, todo, fields, rest, buttons):
    Assignment.objects.update(**fields)
    if rest:
        AssignmentPause.objects.create(assignment=todo, first_day=date(2030, 1, 7))
    page = client.get(page_of(todo)).content.decode()
    every = {"edit", "pause", "withdraw", "resume", "smaller", "whole"}
    assert {word for word in every if f"/{word}/" in page} == buttons


def test_it_offers_no_smaller_form_where_there_is_none(client, todo):
    type(todo.version).objects.update(easier="")
    assert "/do/smaller/" not in client.get(page_of(todo)).content.decode()


# --- Change


def test_it_changes_how_it_is_given(client, todo):
    given = form(todo, rationale="Anew.", rhythm="weekdays", weekdays=["0"], ends_on="2030-02-01")
    response = client.post(page_of(todo, "edit"), given)
    assert response["Location"] == page_of(todo)
    todo.refresh_from_db()
    assert (todo.rationale, todo.rhythm, todo.weekdays) == ("Anew.", "weekdays", "0")
    assert "every day, up to 6 Jan 2030" in client.get(page_of(todo)).content.decode()


def test_its_form_starts_from_what_is_given_now(client, todo):
    Assignment.objects.update(rhythm="weekdays", weekdays="02", smaller=True)
    page = client.get(page_of(todo, "edit"))
    fields = page.context["form"]
    assert fields["rationale"].value() == todo.rationale
    assert (fields["weekdays"].value(), fields["smaller"].value()) == ([0, 2], True)
    assert fields["starts_on"].is_hidden
    assert "On Mon, Wed, from today on." in page.content.decode()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"rationale": " "}, "rationale"),
        ({"rhythm": "hourly"}, "rhythm"),
        ({"rhythm": "every_weeks"}, "every_weeks"),
        ({"ends_on": "2030-01-05"}, "ends_on"),
        ({"starts_on": "2030-01-08"}, "starts_on"),
        ({"starts_on": "2029-01-01"}, "starts_on"),
    ],
)
def test_it_says_what_is_wrong_and_keeps_what_was_typed(client, todo, wrong, field):
    typed = form(todo, **{"rationale": "Typed <b> 👩‍👩‍👧", **wrong})
    response = client.post(page_of(todo, "edit"), typed)
    assert response.status_code == 422
    assert response.context["form"].errors.keys() == {field}
    if field != "rationale":
        assert "Typed &lt;b&gt; 👩‍👩‍👧</textarea>" in response.content.decode()
    todo.refresh_from_db()
    assert todo.rationale == "Because small steps count."


def test_of_two_windows_the_later_one_is_told_and_may_go_on(client, todo):
    typed = form(todo, rationale="From the second window.")
    client.post(page_of(todo, "edit"), form(todo, rationale="From the first."))
    response = client.post(page_of(todo, "edit"), typed)
    assert response.status_code == 422
    assert "This has changed in the meantime." in response.content.decode()
    todo.refresh_from_db()
    assert todo.rationale == "From the first."
    client.post(page_of(todo, "edit"), {**typed, "seal": response.context["seal"]})
    todo.refresh_from_db()
    assert todo.rationale == "From the second window."


# --- Rest, the smaller form, withdrawing


def test_it_rests_and_is_taken_up_again(client, todo, clock):
    assert client.post(page_of(todo, "pause"), {"until": "2030-01-20"})["Location"] == page_of(todo)
    assert "resting until 20 Jan" in client.get(page_of(todo)).content.decode()
    clock.shift(timedelta(days=2))
    client.force_login(todo.client.counsellor.user)
    client.post(page_of(todo, "do/resume"))
    pause = AssignmentPause.objects.get()
    assert (pause.first_day, pause.last_day) == (date(2030, 1, 7), date(2030, 1, 8))
    assert "running" in client.get(page_of(todo)).content.decode()


@pytest.mark.parametrize("until", ["2030-01-06", "2030-02-30", "9999-01-01", "x\x00"])
def test_it_says_which_day_does_not_do(client, todo, until):
    response = client.post(page_of(todo, "pause"), {"until": until})
    assert response.status_code == 422
    assert response.context["form"].errors.keys() == {"until"}
    assert not AssignmentPause.objects.exists()


def test_a_second_click_changes_nothing_and_says_so(client, todo):
    client.post(page_of(todo, "pause"), {"until": ""})
    again = client.post(page_of(todo, "pause"), {"until": ""})
    assert "It rests already." in again.content.decode()
    client.post(page_of(todo, "do/resume"))
    twice = client.post(page_of(todo, "do/resume"), follow=True)
    assert "It does not rest." in twice.content.decode()
    assert not AssignmentPause.objects.exists()
    for _ in range(2):
        client.post(page_of(todo, "withdraw"))
    todo.refresh_from_db()
    assert (todo.status, todo.withdrawn_on) == ("withdrawn", date(2030, 1, 7))


def test_it_is_made_smaller_and_whole(client, todo):
    client.post(page_of(todo, "do/smaller"))
    todo.refresh_from_db()
    assert todo.smaller
    assert "in its smaller form" in client.get(page_of(todo)).content.decode()
    client.post(page_of(todo, "do/whole"))
    todo.refresh_from_db()
    assert not todo.smaller


def test_it_withdraws_after_asking(client, todo):
    url = page_of(todo, "withdraw")
    assert client.get(url).status_code == 200
    todo.refresh_from_db()
    assert todo.status == "active"
    assert client.post(url)["Location"] == f"/admin/clients/client/{todo.client_id}/change/"
    todo.refresh_from_db()
    assert todo.status == "withdrawn"


# --- Who may, and what is written down

POSTS = ("edit", "pause", "do/resume", "do/smaller", "do/whole", "withdraw")


def test_nothing_of_another_caseload_can_be_reached(client, todo):
    theirs = make_assignment(client=make_client(), rationale="Canary-7Q", smaller=True)
    for page in (*POSTS, "change", "history"):
        for response in (client.get(page_of(theirs, page)), client.post(page_of(theirs, page))):
            assert response.status_code in (403, 404, 405)
            assert "Canary-7Q" not in response.content.decode()
    theirs.refresh_from_db()
    assert (theirs.status, theirs.smaller, theirs.pauses.count()) == ("active", True, 0)


def test_it_is_not_for_managers(client, todo):
    client.force_login(make_manager())
    for page in (*POSTS, "change"):
        assert client.post(page_of(todo, page)).status_code == 403
    assert client.post(f"{LIST}asked/", {"rhythm": "daily"}).status_code == 403


def test_every_change_is_written_down(client, todo):
    data = {"edit": form(todo, rationale="Anew."), "pause": {"until": ""}}
    for page in ("edit", "pause", "do/resume", "do/smaller", "do/whole", "withdraw"):
        client.post(page_of(todo, page), data.get(page, {}))
    written = AccessEvent.objects.values_list("verb", "subject_id", "client_id")
    assert list(written) == [("change", todo.pk, todo.client_id)] * 6


def test_there_is_no_other_button(client, todo):
    assert client.post(page_of(todo, "do/delete")).status_code == 404


@pytest.mark.parametrize("junk", JUNK)
def test_no_input_breaks_a_page(client, todo, junk):
    names = ("rationale", "rhythm", "times_a_week", "weekdays", "every_weeks", "starts_on")
    data = dict.fromkeys((*names, "ends_on", "reminders", "smaller", "seal", "until"), junk)
    for page in ("edit", "pause"):
        for rhythm in ({}, {"rhythm": "every_weeks"}):
            assert client.post(page_of(todo, page), {**data, **rhythm}).status_code in (302, 422)
    assert client.post(f"{LIST}asked/", data).status_code == 200


@pytest.mark.parametrize("count", [1, 30])
def test_its_pages_take_the_same_few_queries(client, todo, count, django_assert_max_num_queries):
    for number in range(count):
        other = make_assignment(client=todo.client, version=make_version())
        day = date(2031, 1, 1) + number * timedelta(days=2)
        for assignment in (todo, other):
            AssignmentPause.objects.create(assignment=assignment, first_day=day, last_day=day)
        make_entry(assignment=todo, sharing="shared", happened_at=timezone.now())
    for url, queries in ((LIST, QUERIES_LIST + LISTED), (page_of(todo), QUERIES_PAGE)):
        client.get(url)
        with django_assert_max_num_queries(queries):
            client.get(url)


def test_a_colleague_sees_nothing_of_it(client, todo):
    client.force_login(make_counsellor().user)
    page = client.get(LIST).content.decode()
    assert "Person-4X" not in page
