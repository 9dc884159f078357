from __future__ import annotations

import pytest

from clients.services import consent_give
from tests.factories import make_client, make_consent_document, make_portal_client

pytestmark = pytest.mark.django_db

TYPED = {
    "name": "Anna",
    "pronouns": "she/her",
    "phone": "+49 30 123",
    "time_zone": "Asia/Kolkata",
    "language": "en-gb",
    "reminder_hour": "7",
    "default_sharing": "shared",
    "shows_private_days": "on",
    "emergency_contact": "Ben, 030 12345",
}


@pytest.fixture
def anna(client):
    anna = make_portal_client(name="Ann")
    client.force_login(anna.user)
    return anna


def save(client, **changes):
    return client.post("/my/settings/", {**TYPED, **changes})


def test_it_keeps_what_the_client_decides(client, anna):
    assert save(client)["Location"] == "/my/settings/"
    anna.refresh_from_db()
    kept = {name: getattr(anna, name) for name in TYPED}
    assert kept == {**TYPED, "reminder_hour": 7, "shows_private_days": True}
    anna.user.refresh_from_db()
    assert anna.user.time_zone == "Asia/Kolkata"


def test_it_can_be_left_without_reminders(client, anna):
    save(client, reminder_hour="")
    anna.refresh_from_db()
    assert anna.reminder_hour is None
    assert '<option value="" selected>' in client.get("/my/settings/").content.decode()


def test_the_days_of_private_practice_can_be_kept_private(client, anna):
    assert anna.shows_private_days
    unticked = {name: value for name, value in TYPED.items() if name != "shows_private_days"}
    client.post("/my/settings/", unticked)
    anna.refresh_from_db()
    assert not anna.shows_private_days


def test_it_shows_what_is_kept(client, anna):
    save(client)
    page = client.get("/my/settings/").content.decode()
    assert "Ben, 030 12345" in page
    assert '<option value="7" selected>' in page
    assert "settings are saved" in page


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 100_000),
        ("name", "An\0na"),
        ("pronouns", "x" * 41),
        ("phone", "x" * 41),
        ("time_zone", "Mars/Phobos"),
        ("time_zone", "../../etc/passwd"),
        ("time_zone", "x" * 100_000),
        ("language", "tlh"),
        ("reminder_hour", "24"),
        ("reminder_hour", "-1"),
        ("reminder_hour", "seven"),
        ("default_sharing", "everybody"),
        ("emergency_contact", "x" * 501),
    ],
)
def test_it_says_beside_the_field_what_is_wrong_and_loses_nothing(client, anna, field, value):
    answer = save(client, **{field: value})
    assert answer.status_code == 200
    form = answer.context["form"]
    assert list(form.errors) == [field]
    assert TYPED["pronouns" if field == "phone" else "phone"] in answer.content.decode()
    anna.refresh_from_db()
    assert anna.name == "Ann"


@pytest.mark.parametrize(
    "name", ["नमिता", "سلمى", "Zoë 👩‍👩‍👧", "a\u202eb", "<b>A</b>", "{{ 7*7 }}"]
)
def test_it_takes_every_name_as_it_is(client, anna, name):
    save(client, name=name)
    anna.refresh_from_db()
    assert anna.name == name
    assert "<b>A</b>" not in client.get("/my/settings/").content.decode()


def test_it_takes_old_names_of_zones_that_browsers_still_report(client, anna):
    save(client, time_zone="Asia/Calcutta")
    anna.refresh_from_db()
    assert anna.time_zone == "Asia/Calcutta"
    assert '<option value="Asia/Calcutta" selected>' in client.get("/my/settings/").content.decode()


@pytest.mark.parametrize("field", ["status", "email", "counsellor", "user"])
def test_it_changes_nothing_that_is_not_the_clients_to_decide(client, anna, field):
    before = getattr(anna, field)
    save(client, **{field: str(make_client().pk)})
    anna.refresh_from_db()
    assert getattr(anna, field) == before


def test_it_shows_what_the_client_agreed_to(client, anna):
    consent_give(client=anna, document=make_consent_document(title="How we keep it"))
    consent_give(client=make_client(), document=make_consent_document(title="Not yours"))
    page = client.get("/my/settings/").content.decode()
    assert "How we keep it" in page
    assert "Not yours" not in page


def test_it_offers_a_choice_only_to_those_who_see_several(client, anna):
    assert "Whom you see" not in client.get("/my/settings/").content.decode()
    make_client(user=anna.user)
    assert "Whom you see" in client.get("/my/settings/").content.decode()
