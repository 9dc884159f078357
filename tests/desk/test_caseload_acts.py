from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import time_machine

from clients.models import Client, Invitation
from counsel.audit.models import AccessEvent
from counsel.reminders.models import Reminder
from exercises.models import AssignmentPause, Enrolment
from tests.factories import (
    make_assignment,
    make_client,
    make_counsellor,
    make_portal_client,
    make_programme,
)

pytestmark = pytest.mark.django_db
LIST = "/admin/clients/client/"
NOW = datetime(2030, 1, 7, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def people(client):
    counsellor = make_counsellor()
    client.force_login(counsellor.user)
    return [make_portal_client(counsellor=counsellor), make_client(counsellor=counsellor)]


@pytest.fixture
def stranger():
    return make_portal_client()


def do(client, act, people, **extra):
    chosen = {"_selected_action": [str(person.pk) for person in people]}
    answer = client.post(LIST, {"action": act, "index": "0", **chosen, **extra}, follow=True)
    return answer.content.decode()


def changed(people):
    events = AccessEvent.objects.filter(verb="change", client_id__in=[p.pk for p in people])
    return events.count()


@pytest.mark.parametrize("status", ["active", "paused", "ended"])
def test_a_status_is_set_without_a_word_to_anybody(client, people, stranger, status):
    Client.objects.update(status="prospective")
    page = do(client, status, [*people, stranger])
    assert f"2 clients are {status} now. Nobody was told." in page
    found = Client.objects.values_list("pk", "status")
    assert dict(found) == {p.pk: status for p in people} | {stranger.pk: "prospective"}
    assert (changed(people), changed([stranger])) == (2, 0)
    assert not Reminder.objects.exists()


def test_a_status_that_holds_already_is_no_change(client, people):
    Client.objects.update(status="paused")
    assert "Nothing was changed." in do(client, "paused", people)
    assert changed(people) == 0


def test_all_of_a_list_are_those_of_the_list(client, people, stranger):
    gone = make_client(counsellor=people[0].counsellor, status="ended")
    do(client, "paused", people[:1], select_across="1")
    statuses = dict(Client.objects.values_list("pk", "status"))
    assert [statuses[p.pk] for p in [*people, gone, stranger]] == [
        *["paused", "paused"],
        *["ended", "active"],
    ]


def test_who_is_not_there_yet_is_invited(client, people, stranger):
    page = do(client, "invite", [*people, stranger])
    assert "The invitation goes out" in page
    assert "1 client uses the portal already." in page
    assert Invitation.objects.get().client == people[1]
    assert (changed(people), changed([stranger])) == (1, 0)


def rest(client, people, **extra):
    return client.post(f"{LIST}rest/", {"client": [p.pk for p in people], **extra})


def test_practice_of_several_rests_until_a_day(client, people):
    for person in people:
        make_assignment(client=person, starts_on=date(2030, 1, 1))
    over = make_assignment(client=people[0], starts_on=date(2029, 1, 1), ends_on=date(2029, 2, 1))
    assert 'name="until"' in do(client, "rest", people)
    assert rest(client, people, until="2030-01-20").status_code == 302
    found = AssignmentPause.objects.all()
    assert {(p.first_day, p.last_day) for p in found} == {(date(2030, 1, 7), date(2030, 1, 20))}
    assert len(found) == changed(people) == 2
    assert not over.pauses.exists()
    # Once more changes nothing.
    rest(client, people, until="2030-02-20")
    assert AssignmentPause.objects.count() == 2


def test_all_of_it_rests_or_nothing(client, people):
    for person, zone in zip(people, ("Pacific/Auckland", "America/New_York"), strict=True):
        Client.objects.filter(pk=person.pk).update(time_zone=zone)
        make_assignment(client=person, starts_on=date(2030, 1, 1))
    # In Auckland the seventh is over.
    response = rest(client, people, until="2030-01-07")
    assert response.status_code == 422
    assert response.context["form"].errors.keys() == {"until"}
    assert (AssignmentPause.objects.count(), changed(people)) == (0, 0)


def test_nobody_elses_practice_rests(client, people, stranger):
    make_assignment(client=stranger, starts_on=date(2030, 1, 1))
    assert rest(client, [*people, stranger], until="2030-01-20").status_code == 404
    assert not AssignmentPause.objects.exists()
    assert client.post(f"{LIST}rest/", {"client": "nonsense"}).status_code == 404
    assert client.post(f"{LIST}rest/").status_code == 404


def test_a_programme_is_chosen_for_those_who_are_not_in_it(client, people):
    programme = make_programme(owner=people[0].counsellor)
    give = f"/admin/exercises/programme/{programme.pk}/give/"
    page = do(client, "programme", people)
    assert f'action="{give}"' in page
    # The next page shows the dates first, with nothing to mend.
    shown = client.post(give, {"clients": [p.pk for p in people], "starts_on": "2030-01-07"})
    assert shown.status_code == 200
    sent = {"clients": [people[0].pk], "starts_on": "2030-01-07", "shown": "2030-01-07"}
    assert client.post(give, {**sent, "act": "give"}).status_code == 302
    assert Enrolment.objects.get().client == people[0]
    page = do(client, "programme", people)
    assert "1 of them is in it already, or has ended" in page
    assert f'name="clients" value="{people[0].pk}"' not in page
