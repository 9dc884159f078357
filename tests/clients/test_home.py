from __future__ import annotations

import pytest
import time_machine

from clients import home
from clients.home import Panel, register_panel
from tests.factories import make_client, make_portal_client, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna():
    return make_portal_client(name="Anna", time_zone="Asia/Kolkata")


@pytest.fixture
def panels(monkeypatch):
    monkeypatch.setattr(home, "_panels", [])


@pytest.mark.parametrize(
    ("at", "greeting", "day"),
    [
        ("2030-01-07T00:00Z", "Good morning", "Monday, 7 January"),
        ("2030-01-07T08:00Z", "Good afternoon", "Monday, 7 January"),
        ("2030-01-07T20:00Z", "Good evening", "Tuesday, 8 January"),
    ],
)
def test_it_greets_by_the_clients_own_clock(client, anna, panels, at, greeting, day):
    with time_machine.travel(at, tick=False):
        client.force_login(anna.user)
        page = client.get("/my/").content.decode()
    assert greeting in page
    assert day in page


def test_it_is_calm_when_there_is_nothing(client, anna, panels):
    client.force_login(anna.user)
    assert "A quiet day" in client.get("/my/").content.decode()


def test_it_shows_the_panels_in_order_and_leaves_silent_ones_out(client, anna, panels):
    panel_of = lambda words: lambda record, now: {"next_url": words} if words else {}  # noqa: E731
    for order, words in ((30, "third"), (10, "first"), (20, "")):
        register_panel(Panel(order, "account/snippets/_nothing.html", panel_of(words)))
    filled = home.filled_panels(anna, None)
    assert [panel.context["next_url"] for panel in filled] == ["first", "third"]


def test_it_keeps_a_name_from_being_anything_but_a_name(client, panels):
    anna = make_portal_client(name="<script>alert(1)</script>")
    client.force_login(anna.user)
    assert "<script>alert" not in client.get("/my/").content.decode()


def test_it_is_not_there_for_people_who_are_nobodys_client(client):
    client.force_login(make_user())
    assert client.get("/my/").status_code == 404
    assert client.get("/my/settings/").status_code == 404


def test_it_asks_strangers_to_sign_in(client):
    assert client.get("/my/")["Location"] == "/accounts/login/?next=/my/"


def test_it_turns_to_the_counsellor_chosen(client, anna, panels):
    other = make_client(user=anna.user, name="Annie")
    client.force_login(anna.user)
    assert "Annie" in client.get("/my/").content.decode()
    client.post("/my/counsellor/", {"record": str(anna.pk)})
    assert "Annie" not in client.get("/my/").content.decode()
    assert other.counsellor.display_name in client.get("/my/settings/").content.decode()


def test_it_prefers_a_record_that_is_not_ended(client, anna, panels):
    make_client(user=anna.user, name="Annie", status="ended")
    client.force_login(anna.user)
    assert "Annie" not in client.get("/my/").content.decode()


@pytest.mark.parametrize("record", ["", "x", "another"])
def test_it_does_not_turn_to_somebody_elses_record(client, anna, record):
    client.force_login(anna.user)
    key = str(make_client().pk) if record == "another" else record
    assert client.post("/my/counsellor/", {"record": key}).status_code == 404
