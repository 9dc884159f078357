"""Giving a programme, from the programme and from a client's page."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest
import time_machine

from counsel.audit.models import AccessEvent
from exercises.models import Assignment, Enrolment
from exercises.services.programmes import programme_give
from tests.desk.faults import inserts_refused
from tests.factories import make_client, make_counsellor, make_manager, make_programme, make_version

pytestmark = pytest.mark.django_db
# Monday in London, Tuesday already in Auckland.
NOW = datetime(2030, 1, 7, 12, tzinfo=UTC)
TODAY = date(2030, 1, 7)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def ada(client):
    counsellor = make_counsellor()
    client.force_login(counsellor.user)
    return counsellor


@pytest.fixture
def anna(ada):
    return make_client(counsellor=ada, name="Anna")


@pytest.fixture
def programme(ada):
    pause, label = (make_version(title=title).exercise for title in ("Pause", "Label"))
    after = {"release": "after_one_before", "days": 3}
    return make_programme(
        {"exercise": pause, "lasts_days": 14},
        {"exercise": label, "rhythm": "times_a_week", "times_a_week": 2, **after},
        owner=ada,
        title="First weeks",
    )


def from_programme(programme):
    return f"/admin/exercises/programme/{programme.pk}/give/"


def from_client(person):
    return f"/admin/clients/client/{person.pk}/programme/"


def give(day="2030-01-07", **more):
    return {"starts_on": day, "shown": day, "act": "give", **more}


def text(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


# --- What opens when ------------------------------------------------------------------------


def test_it_shows_what_opens_when(client, anna, programme):
    shown = text(client.get(from_programme(programme)))
    assert "Pause every day Mon 7 Jan 2030 to Sun 20 Jan 2030" in shown
    assert "Label 2 days a week after “Pause” was practised on 3 days" in shown
    later = {"act": "look", "starts_on": "2030-02-01", "clients": [anna.pk]}
    response = client.post(from_programme(programme), later)
    assert "Fri 1 Feb 2030 to Thu 14 Feb 2030" in text(response)
    assert response.context["form"]["clients"].value() == [str(anna.pk)]
    assert not Enrolment.objects.exists()


def test_nothing_is_given_whose_dates_were_not_seen(client, anna, programme):
    unseen = give("2030-02-01", clients=[anna.pk], shown="2030-01-07")
    response = client.post(from_programme(programme), unseen)
    assert response.status_code == 422
    assert "These dates are new. Please look at them first." in text(response)
    assert 'name="shown" value="2030-02-01"' in response.content.decode()
    assert not Enrolment.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"starts_on": ""}, "starts_on"),
        ({"starts_on": "2030-02-30"}, "starts_on"),
        ({"starts_on": "2030-01-06"}, "starts_on"),
        ({"starts_on": "9999-12-31"}, "starts_on"),
        ({"clients": []}, "clients"),
        ({"clients": ["junk"]}, "clients"),
        ({"clients": ["a\x00b"]}, "clients"),
    ],
)
def test_it_says_what_is_wrong_beside_the_field(client, anna, programme, wrong, field):
    response = client.post(from_programme(programme), give(clients=[anna.pk]) | wrong)
    assert response.status_code == 422
    assert response.context["form"].errors.keys() == {field}
    assert not Enrolment.objects.exists()


def test_today_is_the_clients(client, ada, programme):
    far = make_client(counsellor=ada, time_zone="Pacific/Auckland")
    page = client.get(from_client(far), {"programme": programme.pk})
    assert page.context["form"]["starts_on"].value() == date(2030, 1, 8)
    early = give(programme=programme.pk)
    assert client.post(from_client(far), early).status_code == 422
    assert not Enrolment.objects.exists()


# --- From the programme ---------------------------------------------------------------------


def test_it_is_given_to_several_at_once(client, ada, anna, programme):
    ben = make_client(counsellor=ada, name="Ben")
    response = client.post(from_programme(programme), give(clients=[anna.pk, ben.pk]), follow=True)
    assert "“First weeks” is given to 2 clients." in response.content.decode()
    assert set(Enrolment.objects.values_list("client", flat=True)) == {anna.pk, ben.pk}
    assert Assignment.objects.count() == 4
    events = AccessEvent.objects.filter(verb="create")
    assert {event.client_id for event in events} == {anna.pk, ben.pk}


def test_given_to_one_it_leads_to_how_that_one_goes_on(client, anna, programme):
    response = client.post(from_programme(programme), give(clients=[anna.pk]))
    given = Enrolment.objects.get()
    assert response["Location"] == f"/admin/exercises/enrolment/{given.pk}/change/"


def test_it_offers_the_caseload_less_who_is_in_it_or_has_ended(client, ada, anna, programme):
    make_client(name="Canary-7Q")
    make_client(counsellor=ada, name="Over", status="ended")
    programme_give(
        programme=programme, client=make_client(counsellor=ada, name="In it"), starts_on=TODAY
    )
    page = client.get(from_programme(programme))
    assert list(page.context["form"].fields["clients"].queryset) == [anna]
    assert "Canary-7Q" not in page.content.decode()


@pytest.mark.parametrize("clients", [1, 9])
def test_it_reads_the_page_in_a_fixed_number_of_queries(
    client, ada, programme, clients, django_assert_num_queries
):
    for _number in range(clients):
        make_client(counsellor=ada)
    with django_assert_num_queries(8):
        client.get(from_programme(programme))


def test_it_is_given_to_all_or_to_none(client, ada, anna, programme):
    ben = make_client(counsellor=ada)
    client.raise_request_exception = False
    with inserts_refused("exercises_enrolment", after=1):
        answer = client.post(from_programme(programme), give(clients=[anna.pk, ben.pk]))
    assert answer.status_code == 500
    assert not Enrolment.objects.exists()
    assert not Assignment.objects.exists()


def test_it_gives_nothing_that_cannot_be_written_down(client, anna, programme):
    client.raise_request_exception = False
    with inserts_refused("audit_accessevent"):
        client.post(from_programme(programme), give(clients=[anna.pk]))
    assert not Enrolment.objects.exists()


def test_it_says_what_cannot_be_given_any_more(client, anna, programme):
    last = programme.items.last().exercise
    last.put_away_at = NOW
    last.save()
    shown = text(client.get(from_programme(programme)))
    assert "An exercise that is not offered any more" in shown
    response = client.post(from_programme(programme), give(clients=[anna.pk]))
    assert response.status_code == 422
    assert "not offered any more. Change it first." in text(response)


def test_it_says_when_there_is_nobody_to_give_it_to(client, ada, programme):
    assert "There is nobody to give it to" in text(client.get(from_programme(programme)))


# --- From a client's page -------------------------------------------------------------------


def test_a_client_is_given_one_of_the_programmes_there_are(client, ada, anna, programme):
    make_programme(owner=ada, title="Put away", put_away_at=NOW)
    make_programme(owner=make_counsellor(), title="Canary-7Q")
    choose = client.get(from_client(anna))
    shown = text(choose)
    assert "First weeks 2 exercises Choose" in shown
    assert "Put away" not in shown
    assert "Canary-7Q" not in shown
    page = client.get(from_client(anna), {"programme": programme.pk})
    assert "clients" not in page.context["form"].fields
    response = client.post(from_client(anna), give(programme=programme.pk), follow=True)
    assert "“First weeks” is given." in response.content.decode()
    assert Enrolment.objects.get().client == anna
    assert "First weeks 2 exercises In it since 7 Jan" in text(client.get(from_client(anna)))


def test_looking_at_which_programmes_a_client_is_in_is_written_down(client, anna, programme):
    client.get(from_client(anna))
    event = AccessEvent.objects.get()
    assert (event.verb, event.client_id) == ("read", anna.pk)


@pytest.mark.parametrize("programmes", [1, 9])
def test_it_chooses_in_a_fixed_number_of_queries(
    client, ada, anna, programmes, django_assert_max_num_queries
):
    for _number in range(programmes):
        make_programme({}, {}, owner=ada)
    # The last is the lock before an access event, which SQLite does not need.
    with django_assert_max_num_queries(11):
        client.get(from_client(anna))


def test_a_second_click_is_told_and_gives_nothing_twice(client, anna, programme):
    for status in (302, 422):
        answer = client.post(from_client(anna), give(programme=programme.pk))
        assert answer.status_code == status
    assert "in this programme already" in text(answer)
    assert Assignment.objects.count() == 2


# --- Nobody else's --------------------------------------------------------------------------


def test_it_knows_no_client_and_no_programme_of_another_caseload(client, ada, anna, programme):
    theirs = make_client(name="Canary-7Q")
    hers = make_programme(owner=theirs.counsellor, title="Canary-7Q")
    response = client.post(from_programme(programme), give(clients=[anna.pk, theirs.pk]))
    assert response.status_code == 422
    assert "Canary-7Q" not in response.content.decode()
    for answer in (
        client.post(from_client(theirs), give(programme=programme.pk)),
        client.post(from_client(anna), give(programme=hers.pk)),
        client.get(from_client(anna), {"programme": hers.pk}),
        client.get(from_client(anna), {"programme": "junk"}),
        client.post(from_programme(hers), give(clients=[anna.pk])),
    ):
        assert answer.status_code == 404
        assert "Canary-7Q" not in answer.content.decode()
    client.force_login(make_manager())
    for url in (from_client(anna), from_programme(programme)):
        assert client.post(url, give(programme=programme.pk)).status_code == 403
    assert not Enrolment.objects.exists()
