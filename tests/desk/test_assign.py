from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import time_machine

from exercises.models import Assignment
from tests.desk.faults import inserts_refused
from tests.factories import (
    make_client,
    make_counsellor,
    make_manager,
    make_version,
)

pytestmark = pytest.mark.django_db
LIST = "/admin/clients/client/"
QUERIES_FOR_WHOM = 5


@pytest.fixture
def person(client):
    person = make_client(name="Person-4X", time_zone="Asia/Kolkata")
    client.force_login(person.counsellor.user)
    return person


def form(version, **changes):
    given = {"exercise": version.pk, "rationale": "Because.", "rhythm": "daily"}
    return {**given, "starts_on": "2030-01-07", "reminders": "on", **changes}


def test_it_asks_for_the_exercise_first(client, person):
    old = make_version(title="Look around, once")
    make_version(exercise=old.exercise, number=2, title="Look around, twice")
    make_version(owner=make_counsellor(), title="Canary-7Q")
    page = client.get(f"{LIST}{person.pk}/assign/").content.decode()
    assert "Look around, twice" in page
    assert "Look around, once" not in page
    assert "Canary-7Q" not in page


@time_machine.travel(datetime(2030, 1, 6, 20, tzinfo=UTC))
def test_it_starts_from_the_rationale_of_the_exercise_and_the_clients_own_today(client, person):
    client.force_login(person.counsellor.user)
    version = make_version(rationale_template="To catch the moment.")
    response = client.get(f"{LIST}{person.pk}/assign/?exercise={version.pk}")
    assert response.context["form"]["rationale"].value() == "To catch the moment."
    assert response.context["form"]["starts_on"].value() == date(2030, 1, 7)


def test_it_assigns_to_one_client(client, person):
    version = make_version(title="Look around")
    weekly = form(version, rhythm="weekdays", weekdays=["2", "0"], ends_on="2030-02-01")
    response = client.post(f"{LIST}{person.pk}/assign/", weekly, follow=True)
    assert response.redirect_chain == [(f"{LIST}{person.pk}/change/", 302)]
    assert "“Look around” is on the client&#x27;s list now." in response.content.decode()
    given = Assignment.objects.get()
    assert (given.client, given.version, given.rationale) == (person, version, "Because.")
    assert (given.rhythm, given.weekdays, given.times_a_week) == ("weekdays", "02", None)
    assert (given.starts_on, given.ends_on) == (date(2030, 1, 7), date(2030, 2, 1))
    assert given.reminders


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"rationale": "  "}, "rationale"),
        ({"rationale": "a\x00b"}, "rationale"),
        ({"rationale": "x" * 100_000}, "rationale"),
        ({"rhythm": "hourly"}, "rhythm"),
        ({"rhythm": "times_a_week"}, "times_a_week"),
        ({"rhythm": "times_a_week", "times_a_week": "8"}, "times_a_week"),
        ({"rhythm": "weekdays"}, "weekdays"),
        ({"rhythm": "weekdays", "weekdays": ["7"]}, "weekdays"),
        ({"rhythm": "every_weeks"}, "every_weeks"),
        ({"rhythm": "every_weeks", "every_weeks": "53"}, "every_weeks"),
        ({"starts_on": "2020-01-01"}, "starts_on"),
        ({"starts_on": "9030-01-01"}, "starts_on"),
        ({"ends_on": "9030-01-01"}, "ends_on"),
        ({"starts_on": "2030-02-30"}, "starts_on"),
        ({"ends_on": "2030-01-06"}, "ends_on"),
    ],
)
def test_it_says_what_is_wrong_beside_the_field(client, person, wrong, field):
    response = client.post(f"{LIST}{person.pk}/assign/", form(make_version(), **wrong))
    assert response.status_code == 422
    assert response.context["form"].errors.keys() == {field}
    assert f'id="id_{field}_error"' in response.content.decode()
    assert not Assignment.objects.exists()


def test_it_does_not_look_at_what_belongs_to_another_rhythm(client, person):
    junk = {"times_a_week": "99", "every_weeks": "x", "weekdays": ["9"]}
    data = form(make_version(), rhythm="before_meeting", **junk)
    assert client.post(f"{LIST}{person.pk}/assign/", data).status_code == 302
    given = Assignment.objects.get()
    assert (given.rhythm, given.times_a_week, given.weekdays) == ("before_meeting", None, "")


def test_it_offers_a_smaller_form_and_scores_only_where_there_are_any(client, person):
    plain = make_version()
    page = client.get(f"{LIST}{person.pk}/assign/?exercise={plain.pk}")
    assert not {"smaller", "shows_scores"} & page.context["form"].fields.keys()
    client.post(f"{LIST}{person.pk}/assign/", form(plain, smaller="on", shows_scores="on"))
    assert not Assignment.objects.filter(smaller=True, shows_scores=True).exists()
    measure = make_version(kind="measure", easier="One breath.")
    asked = form(measure, smaller="on", shows_scores="on", rhythm="every_weeks", every_weeks="2")
    client.post(f"{LIST}{person.pk}/assign/", asked)
    given = Assignment.objects.get(version=measure)
    assert (given.smaller, given.shows_scores, given.every_weeks) == (True, True, 2)


def test_a_double_click_gives_it_once(client, person):
    data = form(make_version())
    for _ in range(2):
        assert client.post(f"{LIST}{person.pk}/assign/", data).status_code == 302
    assert Assignment.objects.count() == 1


@time_machine.travel(datetime(2030, 1, 6, 20, tzinfo=UTC))
def test_it_says_what_the_client_will_be_asked(client, person):
    client.force_login(person.counsellor.user)
    asked = "Mon, Wed, from 7 January to 1 February."
    data = form(make_version(), rhythm="weekdays", weekdays=["2", "0"], ends_on="2030-02-01")
    page = client.post(f"{LIST}{person.pk}/assign/", {**data, "look": "yes"})
    assert page.status_code == 200
    assert f"On {asked}" in page.content.decode()
    assert not Assignment.objects.exists()
    url = "/admin/exercises/assignment/asked/"
    assert f"On {asked}" in client.post(url, data).content.decode()
    open_still = client.post(url, {**data, "weekdays": []}).content.decode()
    assert "Something is still open above." in open_still


def test_it_keeps_what_was_typed(client, person):
    typed = form(make_version(), rationale="Typed <b>words</b> 👩‍👩‍👧", starts_on="")
    page = client.post(f"{LIST}{person.pk}/assign/", typed).content.decode()
    assert "Typed &lt;b&gt;words&lt;/b&gt; 👩‍👩‍👧</textarea>" in page


@pytest.mark.parametrize("exercise", ["junk", "a\x00b", "00000000-0000-0000-0000-000000000000"])
def test_it_knows_no_exercise_outside_the_library(client, person, exercise):
    foreign = make_version(owner=make_counsellor())
    for chosen in (exercise, foreign.pk):
        data = form(foreign, exercise=chosen)
        assert client.post(f"{LIST}{person.pk}/assign/", data).status_code == 404
    assert not Assignment.objects.exists()


def test_it_knows_no_client_of_another_caseload(client, person):
    theirs, version = make_client(name="Canary-7Q"), make_version()
    for response in (
        client.get(f"{LIST}{theirs.pk}/assign/"),
        client.post(f"{LIST}{theirs.pk}/assign/", form(version)),
        client.post(f"{LIST}assign/", form(version, client=[person.pk, theirs.pk])),
        client.post(f"{LIST}assign/", form(version, client=[])),
        client.post(f"{LIST}assign/", form(version, client=["junk"])),
    ):
        assert response.status_code == 404
        assert "Canary-7Q" not in response.content.decode()
    assert not Assignment.objects.exists()


def test_it_assigns_to_several_from_the_list(client, person):
    second, version = make_client(counsellor=person.counsellor, name="Second-5Y"), make_version()
    chosen = {"action": "assign", "_selected_action": [person.pk, second.pk]}
    choose = client.post(LIST, chosen)
    assert {"Person-4X", "Second-5Y"} <= {c.name for c in choose.context["clients"]}
    several = {"client": [person.pk, second.pk]}
    page = client.post(f"{LIST}assign/", {**several, "exercise": version.pk})
    assert page.context["form"]["rhythm"].value() == "daily"
    response = client.post(f"{LIST}assign/", form(version, **several), follow=True)
    assert "on the lists of 2 clients now" in response.content.decode()
    assert set(Assignment.objects.values_list("client", flat=True)) == {person.pk, second.pk}


# 20:00 on the 6th in London is the 7th in India, and 15:00 of the 6th in New York.
@time_machine.travel(datetime(2030, 1, 6, 20, tzinfo=UTC))
@pytest.mark.parametrize(
    ("chosen", "here", "there"),
    [
        ("", date(2030, 1, 7), date(2030, 1, 6)),
        ("2030-01-06", date(2030, 1, 7), date(2030, 1, 6)),
        ("2030-01-09", date(2030, 1, 9), date(2030, 1, 9)),
    ],
)
def test_several_begin_on_their_own_today(client, person, chosen, here, there):
    client.force_login(person.counsellor.user)
    second = make_client(counsellor=person.counsellor, time_zone="America/New_York")
    several = {"client": [person.pk, second.pk], "starts_on": chosen}
    client.post(f"{LIST}assign/", form(make_version(), **several))
    begun = dict(Assignment.objects.values_list("client", "starts_on"))
    assert begun == {person.pk: here, second.pk: there}


# --- From the exercise


FOR_WHOM = f"{LIST}assign/exercise/"


def test_it_asks_for_whom_an_exercise_is(client, person):
    version = make_version()
    paused = make_client(counsellor=person.counsellor, name="Paused-5Y", status="paused")
    make_client(name="Canary-7Q")
    page = client.get(f"{FOR_WHOM}?exercise={version.pk}").content.decode()
    assert "Person-4X" in page
    assert "Paused-5Y" not in page
    assert "Canary-7Q" not in page
    chosen = client.post(FOR_WHOM, {"exercise": version.pk, "client": [person.pk]})
    assert chosen.context["clients"] == [person]
    assert chosen.context["form"]["rhythm"].value() == "daily"
    forged = client.post(FOR_WHOM, {"exercise": version.pk, "client": [person.pk, paused.pk]})
    assert forged.status_code == 404


def test_it_says_that_nobody_was_ticked(client, person):
    response = client.post(FOR_WHOM, {"exercise": make_version().pk})
    assert response.status_code == 422
    assert "Tick at least one client." in response.content.decode()


def test_it_asks_for_nobody_of_another_caseload_and_for_no_foreign_exercise(client, person):
    theirs, version = make_client(name="Canary-7Q"), make_version()
    foreign = make_version(owner=make_counsellor())
    for data in (
        {"exercise": version.pk, "client": [person.pk, theirs.pk]},
        {"exercise": version.pk, "client": ["junk"]},
        {"exercise": foreign.pk, "client": [person.pk]},
        {"exercise": "junk"},
        {},
    ):
        response = client.post(FOR_WHOM, data)
        assert response.status_code == 404
        assert "Canary-7Q" not in response.content.decode()


@pytest.mark.parametrize("count", [1, 40])
def test_the_list_of_clients_takes_the_same_few_queries(
    client, person, count, django_assert_num_queries
):
    for _ in range(count):
        make_client(counsellor=person.counsellor)
    url = f"{FOR_WHOM}?exercise={make_version().pk}"
    client.get(url)
    with django_assert_num_queries(QUERIES_FOR_WHOM):
        client.get(url)


def test_it_chooses_from_the_list_only_own_clients(client, person):
    theirs = make_client(name="Canary-7Q")
    chosen = {"action": "assign", "_selected_action": [person.pk, theirs.pk]}
    response = client.post(LIST, chosen)
    assert response.context["clients"] == [person]


def test_it_assigns_to_all_or_to_none(client, person):
    second = make_client(counsellor=person.counsellor)
    several = form(make_version(), client=[person.pk, second.pk])
    client.raise_request_exception = False
    with inserts_refused("exercises_assignment", after=1):
        assert client.post(f"{LIST}assign/", several).status_code == 500
    assert not Assignment.objects.exists()


def test_it_is_not_for_managers(client, person):
    client.force_login(make_manager())
    for url in (f"{LIST}{person.pk}/assign/", f"{LIST}assign/"):
        assert client.post(url, form(make_version(), client=person.pk)).status_code == 403
