"""Finding the messages of a client by name, without a trace of it."""

from __future__ import annotations

import pytest

from counsel.accounts.models import User
from tests.costs import LISTED
from tests.desk.ledger.planning import LIST, plan
from tests.factories import make_client, make_counsellor, make_manager
from tests.sessions.reading import text

pytestmark = pytest.mark.django_db
FIND = f"{LIST}find/"


@pytest.fixture
def anna(client):
    anna = make_client(name="Anna Weiss", email="anna@example.org")
    client.force_login(anna.counsellor.user)
    return anna


def rows(response):
    return set(response.context["cl"].result_list)


@pytest.mark.parametrize("words", ["anna", "Weiss", "ANNA@EXAMPLE"])
def test_it_finds_by_a_part_of_the_name_or_address(client, anna, words):
    own = plan(anna)
    plan(make_client(counsellor=anna.counsellor, name="Ben"))
    response = client.post(FIND, {"q": words})
    assert rows(response) == {own}
    assert "Messages to 1 client found for" in text(response)


def test_nobody_finds_another_caseload(client, anna):
    row = plan(anna)
    ben = make_counsellor()
    client.force_login(ben.user)
    assert rows(client.post(FIND, {"q": "anna"})) == set()
    # Nor does somebody who sees every row, because they run the practice as well.
    User.objects.filter(pk=ben.user_id).update(is_superuser=True)
    assert row in rows(client.get(LIST))
    assert rows(client.post(FIND, {"q": "anna"})) == set()


def test_a_manager_knows_no_names_to_find_by(client, anna):
    client.force_login(make_manager())
    assert FIND not in client.get(LIST).content.decode()
    assert client.post(FIND, {"q": "anna"}).status_code == 403


def test_what_must_not_be_seen_is_not_found(client, anna):
    plan(anna, "practice_today", state="sent")
    plan(anna, "small_share_waiting", state="failed")
    assert rows(client.post(FIND, {"q": "anna"})) == set()


@pytest.mark.parametrize("words", ["", "   "])
def test_an_empty_search_says_what_to_write(client, anna, words):
    response = client.post(FIND, {"q": words})
    assert response.status_code == 422
    assert "Write a part of the name or of the address." in text(response)


def test_what_was_looked_for_stands_in_no_address(client, anna):
    plan(anna)
    page = client.post(FIND, {"q": "anna weiss"}).content.decode()
    links = [part.partition('"')[0] for part in page.split('href="')[1:]]
    assert not [link for link in links if "anna" in link.lower() or "weiss" in link.lower()]
    assert client.get(FIND).status_code == 302


def test_of_many_of_one_name_it_takes_some_and_says_so(client, anna):
    for number in range(21):
        plan(make_client(counsellor=anna.counsellor, name=f"Mina {number:02}"))
    response = client.post(FIND, {"q": "mina"})
    assert len(rows(response)) == 20
    assert "There are more of that name" in text(response)


@pytest.mark.parametrize("many", [1, 12])
def test_it_asks_as_often_for_many(client, anna, many, django_assert_max_num_queries):
    for number in range(many):
        plan(make_client(counsellor=anna.counsellor, name=f"Mina {number:02}"))
    with django_assert_max_num_queries(7 + LISTED):
        client.post(FIND, {"q": "mina"})
