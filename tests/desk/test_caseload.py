from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clients.models import Client, Invitation
from counsel.reminders.models import Reminder
from tests.factories import (
    make_assignment,
    make_client,
    make_consultation,
    make_entry,
    make_portal_client,
)

pytestmark = pytest.mark.django_db
LIST = "/admin/clients/client/"
NOW = datetime(2030, 1, 7, 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _frozen():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def person(client):
    person = make_portal_client(name="Person-4X")
    client.force_login(person.counsellor.user)
    return person


def row_of(client, person):
    rows = client.get(LIST).context["cl"].result_list
    return next(row for row in rows if row.pk == person.pk)


def test_it_shows_when_a_client_comes_next_practised_last_and_what_waits(client, person):
    make_consultation(client=person, starts_at=NOW - timedelta(days=7), status="completed")
    make_consultation(client=person, starts_at=NOW + timedelta(days=3), status="declined")
    make_consultation(client=person, starts_at=NOW + timedelta(days=7))
    assignment = make_assignment(client=person)
    make_entry(assignment=assignment, happened_at=NOW - timedelta(days=2))
    make_entry(client=person, happened_at=NOW - timedelta(days=5), sharing="shared")
    row = row_of(client, person)
    assert row.found_next_at == NOW + timedelta(days=7)
    assert row.standing.practised_on == date(2030, 1, 5)
    assert row.standing.unread == 1


def test_it_names_the_boxes_to_choose_clients_by(client, person):
    assert f'aria-label="Choose {person.name}"' in client.get(LIST).content.decode()


def test_it_shows_no_trace_of_private_writing_that_nobody_assigned(client, person):
    make_entry(client=person, happened_at=NOW - timedelta(days=1))
    row = row_of(client, person)
    assert (row.standing.practised_on, row.standing.unread) == (None, 0)


def test_it_says_the_status_in_a_word_with_a_shape(client, person):
    page = client.get(LIST).content.decode()
    assert '<span class="status status-on">active</span>' in page


def test_it_isolates_a_name_that_is_written_the_other_way_round(client, person):
    Client.objects.filter(pk=person.pk).update(name="\u202eevil<script>")
    page = client.get(LIST).content.decode()
    assert "<bdi>\u202eevil&lt;script&gt;</bdi>" in page


@pytest.mark.parametrize("query", ["found_unread=1", "q=Person", "name__icontains=P"])
def test_it_takes_no_name_in_its_address(client, person, query):
    response = client.get(f"{LIST}?{query}")
    assert response.status_code in (200, 400)
    assert 'id="searchbar"' not in response.content.decode()


def queries_of(client, url):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def test_it_lists_many_with_the_queries_of_one(client, person):
    client.get(LIST)
    for_one = queries_of(client, LIST)
    for _ in range(11):
        make_entry(client=make_client(counsellor=person.counsellor), sharing="shared")
    client.get(LIST)
    assert queries_of(client, LIST) == for_one
    # Who asks and from where; two for who is to be reckoned anew; two for the list.
    assert for_one <= 13


def columns(client, query):
    listed = client.get(f"{LIST}?{query}").context["cl"]
    return [row.name for row in listed.result_list]


def test_each_column_sorts_and_what_is_not_there_comes_where_it_belongs(client, person):
    others = {name: make_client(counsellor=person.counsellor, name=name) for name in ("A", "B")}
    make_consultation(client=others["B"], starts_at=NOW + timedelta(days=3))
    make_entry(assignment=make_assignment(client=others["A"]), happened_at=NOW)
    number = len(client.get(LIST).context["cl"].list_display)
    for column in range(1, number):
        assert len(columns(client, f"o={column}")) == len(columns(client, f"o=-{column}")) == 3
    assert columns(client, "o=2")[0] == "B"
    assert columns(client, "o=-3")[0] == "A"
    assert columns(client, "o=3")[-1] == "A"


def test_who_has_ended_is_shown_to_whoever_asks(client, person):
    make_client(counsellor=person.counsellor, name="Gone", status="ended")
    assert "Gone" not in columns(client, "")
    assert columns(client, "status__exact=ended") == ["Gone"]
    assert set(columns(client, "status__exact=all")) == {"Gone", person.name}
    assert columns(client, "status__exact=nonsense") == columns(client, "need=x") == [person.name]


def details(**changes):
    given = {"name": "New", "email": "new@example.org", "time_zone": "Asia/Kolkata"}
    return {**given, "language": "en-gb", "status": "active", **changes}


def test_it_adds_a_client_by_hand(client, person):
    assert client.post(f"{LIST}add/", details()).status_code == 302
    added = Client.objects.get(email="new@example.org")
    assert added.counsellor == person.counsellor
    assert added.default_sharing == "private"


def test_it_refuses_an_address_that_no_mail_reaches(client, person):
    response = client.post(f"{LIST}add/", details(email="ann\u212a@example.org"))
    assert response.context["adminform"].form.errors.keys() == {"email"}


@pytest.mark.parametrize("zone", ["", "Mars/Phobos", "../../etc/passwd", "a\x00b", "x" * 100])
def test_it_refuses_a_time_zone_that_does_not_exist_beside_the_field(client, person, zone):
    response = client.post(f"{LIST}add/", details(time_zone=zone))
    assert response.status_code == 200
    assert response.context["adminform"].form.errors.keys() == {"time_zone"}
    assert 'value="New"' in response.content.decode()


def test_it_speaks_only_languages_there_are(client, person):
    response = client.post(f"{LIST}add/", details(language="xx"))
    assert response.context["adminform"].form.errors.keys() == {"language"}


def test_it_leaves_to_portal_clients_what_is_theirs_to_decide(client, person):
    url = f"{LIST}{person.pk}/change/"
    taken_over = details(email="elsewhere@example.org", default_sharing="shared", user="")
    assert client.post(url, taken_over).status_code == 302
    after = Client.objects.get(pk=person.pk)
    assert after.name == "New"
    assert (after.email, after.time_zone) == (person.email, person.time_zone)
    assert (after.default_sharing, after.user) == ("private", person.user)


def test_it_says_nobodys_name_in_the_title(client, person):
    for url in (LIST, f"{LIST}{person.pk}/change/", f"{LIST}{person.pk}/assign/"):
        page = client.get(url).content.decode()
        assert "Person-4X" not in page.partition("<title>")[2].partition("</title>")[0]
        assert "Person-4X" in page


def test_it_invites_a_client_to_the_portal(client):
    person = make_client()
    client.force_login(person.counsellor.user)
    url = f"{LIST}{person.pk}/invite/"
    assert client.get(url).status_code == 405
    assert url in client.get(f"{LIST}{person.pk}/change/").content.decode()
    response = client.post(url, follow=True)
    assert "The invitation goes out" in response.content.decode()
    assert Invitation.objects.get().client == person
    assert Reminder.objects.filter(kind="invitation").count() == 1


def test_it_does_not_invite_who_is_there_already(client, person):
    url = f"{LIST}{person.pk}/invite/"
    assert url not in client.get(f"{LIST}{person.pk}/change/").content.decode()
    response = client.post(url, follow=True)
    assert "This client already uses the portal." in response.content.decode()
    assert not Invitation.objects.exists()


def test_it_invites_nobody_of_another_caseload(client, person):
    theirs = make_client()
    assert client.post(f"{LIST}{theirs.pk}/invite/").status_code == 404
    assert not Invitation.objects.exists()
