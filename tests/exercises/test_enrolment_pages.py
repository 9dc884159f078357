"""A programme as one client goes through it, at the desk."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from counsel.audit.models import AccessEvent
from exercises.selectors.programmes import steps_of
from exercises.services.assigning import assignment_withdraw
from exercises.services.programmes import programme_give
from tests.costs import LISTED
from tests.desk.faults import inserts_refused
from tests.factories import (
    make_assignment,
    make_client,
    make_counsellor,
    make_entry,
    make_manager,
    make_programme,
    make_version,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 1, 7, 12, tzinfo=UTC)
TODAY = date(2030, 1, 7)
DAY = timedelta(days=1)
LIST = "/admin/exercises/enrolment/"
AFTER = {"release": "after_one_before", "days": 3}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def anna(client):
    person = make_client(name="Anna")
    client.force_login(person.counsellor.user)
    return person


def given(person, *items):
    exercises = [make_version(title=f"Step {n}").exercise for n in range(1, len(items) + 1)]
    rows = [{"exercise": e, **item} for e, item in zip(exercises, items, strict=True)]
    programme = make_programme(*rows, owner=person.counsellor, title="First weeks")
    return programme_give(programme=programme, client=person, starts_on=TODAY)


@pytest.fixture
def enrolment(anna):
    return given(anna, {"lasts_days": 7}, AFTER, {"release": "after_days", "days": 10})


@pytest.fixture
def rows(enrolment):
    return [step.assignment for step in steps_of(enrolment)]


def page_of(enrolment):
    return f"{LIST}{enrolment.pk}/change/"


def release(enrolment, assignment):
    return f"{LIST}{enrolment.pk}/release/{assignment.pk}/"


def text(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_it_shows_how_far_somebody_is(client, enrolment, rows):
    make_entry(assignment=rows[0], local_date=TODAY)
    make_entry(assignment=rows[0], local_date=TODAY, sharing="shared")
    shown = text(client.get(page_of(enrolment)))
    assert "First weeks For Anna , since 7 Jan 2030" in shown
    assert "Step 1 every day running 7 Jan to 13 Jan 1 day practised" in shown
    assert "waiting after “Step 1” was practised on 3 days; 1 so far Open it now" in shown
    assert "Step 3 every day begins 17 Jan from 17 Jan" in shown
    assert "whether an entry is shared or private" in shown


def test_it_counts_no_day_the_client_keeps_private(client, anna, enrolment, rows):
    anna.shows_private_days = False
    anna.save()
    make_entry(assignment=rows[0], local_date=TODAY)
    make_entry(assignment=rows[0], local_date=TODAY + DAY, sharing="shared")
    shown = text(client.get(page_of(enrolment)))
    assert "1 day practised" in shown
    assert "on 3 days; 1 so far" in shown
    assert "only shared entries are counted" in shown


def test_it_says_what_will_not_open_by_itself(client, anna, enrolment, rows, clock):
    words = "that one is over, so it will not open by itself"
    assert words not in text(client.get(page_of(enrolment)))
    clock.move_to(NOW + 7 * DAY)
    client.force_login(anna.counsellor.user)
    assert words in text(client.get(page_of(enrolment)))
    clock.move_to(NOW)
    assignment_withdraw(assignment=rows[0])
    assert words in text(client.get(page_of(enrolment)))


@pytest.mark.parametrize("exercises", [2, 9])
def test_it_reads_the_page_in_a_fixed_number_of_queries(
    client, anna, exercises, django_assert_max_num_queries
):
    enrolment = given(anna, {}, *[AFTER] * (exercises - 1))
    for step in steps_of(enrolment):
        make_entry(assignment=step.assignment)
    # The last is the lock before an access event, which SQLite does not need.
    with django_assert_max_num_queries(16):
        client.get(page_of(enrolment))


@pytest.mark.parametrize("clients", [1, 6])
def test_it_lists_them_in_a_fixed_number_of_queries(
    client, anna, clients, django_assert_num_queries
):
    programme = make_programme(owner=anna.counsellor)
    for _number in range(clients):
        person = make_client(counsellor=anna.counsellor)
        programme_give(programme=programme, client=person, starts_on=TODAY)
    given(make_client(name="Canary-7Q"), {})
    with django_assert_num_queries(7 + LISTED):
        shown = client.get(LIST).content.decode()
    assert shown.count("under way") == clients
    assert "Canary-7Q" not in shown


def test_it_opens_what_waits_when_the_counsellor_says_so(client, enrolment, rows):
    assert release(enrolment, rows[1]) in client.get(page_of(enrolment)).content.decode()
    response = client.post(release(enrolment, rows[1]), follow=True)
    assert response.redirect_chain == [(page_of(enrolment), 302)]
    assert "It is open from today on." in text(response)
    rows[1].refresh_from_db()
    assert (rows[1].status, rows[1].starts_on) == ("active", TODAY)
    assert AccessEvent.objects.filter(verb="change", subject_id=rows[1].pk).exists()
    again = client.post(release(enrolment, rows[1]), follow=True)
    assert "It is not waiting any more." in text(again)


def test_it_ends_after_asking(client, enrolment, rows):
    end = f"{LIST}{enrolment.pk}/end/"
    assert end in client.get(page_of(enrolment)).content.decode()
    assert "What was written stays." in text(client.get(end))
    rows[0].refresh_from_db()
    assert rows[0].status == "active"
    response = client.post(end, follow=True)
    assert "7 Jan 2030 to 7 Jan 2030" in text(response)
    assert "it never opened" in text(response)
    assert end not in response.content.decode()
    assert {step.assignment.status for step in steps_of(enrolment)} == {"withdrawn"}
    assert client.post(end)["Location"] == page_of(enrolment)


def test_it_writes_down_who_looked_and_shows_nothing_where_it_cannot(client, enrolment, rows):
    client.raise_request_exception = False
    pages = [page_of(enrolment), f"{LIST}{enrolment.pk}/end/", f"{LIST}{enrolment.pk}/history/"]
    for number, url in enumerate(pages, start=1):
        assert client.get(url).status_code == 200
        assert AccessEvent.objects.filter(verb="read").count() == number
    with inserts_refused("audit_accessevent"):
        for url in pages:
            assert client.get(url).status_code == 503
        client.post(pages[1])
        client.post(release(enrolment, rows[1]))
    rows[1].refresh_from_db()
    enrolment.refresh_from_db()
    assert (rows[1].status, enrolment.ended_on) == ("waiting", None)


def test_it_is_nobody_elses(client, anna, enrolment, rows):
    hers = given(make_client(name="Canary-7Q", counsellor=make_counsellor()), {}, AFTER)
    theirs = steps_of(hers)[1].assignment
    stray = make_assignment(client=anna, status="waiting", after=rows[0], after_days=1)
    for url in (
        *(page_of(hers), f"{LIST}{hers.pk}/end/", release(hers, theirs)),
        *(release(enrolment, theirs), release(hers, rows[1]), release(enrolment, stray)),
    ):
        response = client.post(url)
        assert response.status_code in (403, 404)
        assert "Canary-7Q" not in response.content.decode()
    client.force_login(make_manager())
    for url in (page_of(enrolment), f"{LIST}{enrolment.pk}/end/", release(enrolment, rows[1])):
        assert client.post(url).status_code == 403
    for row in (theirs, rows[1], stray):
        row.refresh_from_db()
        assert row.status == "waiting"
