"""Staff come through a second lock, or not at all. Everything here goes through the door."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.test import Client as Browser
from django.urls import URLPattern, get_resolver, reverse

from counsel.accounts.demo_code import demo_code_for, demo_lock
from counsel.accounts.services import user_create
from tests.accounts.test_second_step import add_app, code_of, sign_in
from tests.factories import PASSWORD, make_counsellor

pytestmark = pytest.mark.django_db
ADDRESS = "anna@example.org"
LOCK = "/accounts/second-lock/"


@pytest.fixture(autouse=True)
def fresh_limits():
    cache.clear()


@pytest.fixture
def staff():
    user = user_create(email=ADDRESS, password=PASSWORD, is_staff=True)
    make_counsellor(user=user)
    return user


def desk_addresses():
    """Every address of the desk that needs no id, as the resolver knows it."""
    desk = next(part for part in get_resolver().url_patterns if str(part.pattern) == "admin/")
    patterns = [*desk.url_patterns]
    while patterns:
        pattern = patterns.pop()
        if not isinstance(pattern, URLPattern):
            patterns += pattern.url_patterns
        elif pattern.name and not pattern.pattern.regex.groups:
            yield reverse(f"admin:{pattern.name}")


def test_without_one_no_page_of_the_desk_opens(client, staff):
    sign_in(client)
    addresses = set(desk_addresses())
    assert len(addresses) > 50
    for address in addresses:
        response = client.get(address)
        assert (response.status_code, response.get("Location")) == (302, LOCK), address


@pytest.mark.parametrize("address", ["/my/", "/", "/start/", "/accounts/sessions/"])
def test_nor_any_other_page(client, staff, address):
    sign_in(client)
    assert client.get(address)["Location"] == LOCK


def test_nothing_is_changed_without_one(client, staff):
    sign_in(client)
    page = reverse("admin:accounts_counsellor_change", args=[staff.counsellor.pk])
    assert client.post(page, {"headline": "forged"})["Location"] == LOCK
    staff.counsellor.refresh_from_db()
    assert staff.counsellor.headline == ""


@pytest.mark.parametrize(
    "address", [LOCK, "/accounts/2fa/totp/activate/", "/accounts/logout/", "/help/"]
)
def test_what_leads_to_one_or_away_is_open(client, staff, address):
    sign_in(client)
    assert client.get(address).status_code == 200


def test_once_added_the_desk_opens_and_codes_are_there_for_a_bad_day(client, staff, monkeypatch):
    # As outside of a test: within the request, whose session it changes.
    monkeypatch.setattr(transaction, "on_commit", lambda act, **how: act())
    sign_in(client)
    page = client.get("/accounts/2fa/totp/activate/").content.decode()
    secret = page.partition('id="authenticator_secret" type="text" value="')[2].partition('"')[0]
    client.post("/accounts/2fa/totp/activate/", {"code": code_of(secret)})
    assert client.get("/admin/").status_code == 200
    assert Authenticator.objects.filter(user=staff, type="recovery_codes").exists()


def test_a_lock_that_is_there_is_asked_for(client, staff):
    demo_lock(staff)
    assert sign_in(client)["Location"] == "/accounts/2fa/authenticate/"
    assert client.get("/admin/").status_code == 302
    client.post("/accounts/2fa/authenticate/", {"code": demo_code_for(staff)})
    assert client.get("/admin/").status_code == 200


def test_the_desks_own_door_is_the_same(client, staff):
    demo_lock(staff)
    assert client.get("/admin/login/")["Location"].startswith("/accounts/login/")
    response = client.post("/admin/login/", {"username": ADDRESS, "password": PASSWORD})
    assert response["Location"].startswith("/accounts/login/")
    assert client.get("/admin/")["Location"].startswith("/accounts/login/")


def test_a_client_needs_none(client):
    user_create(email=ADDRESS, password=PASSWORD)
    sign_in(client)
    assert client.get("/start/").status_code == 200


def test_another_lock_ends_every_other_sign_in(client, django_capture_on_commit_callbacks):
    user_create(email=ADDRESS, password=PASSWORD)
    elsewhere = Browser()
    sign_in(elsewhere)
    assert elsewhere.get("/start/").status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        add_app(client)
    assert elsewhere.get("/start/").status_code == 302


def test_without_the_last_lock_staff_are_asked_for_another(client, staff):
    demo_lock(staff)
    sign_in(client)
    client.post("/accounts/2fa/authenticate/", {"code": demo_code_for(staff)})
    client.post("/accounts/2fa/totp/deactivate/")
    assert client.get("/admin/")["Location"] == LOCK


def test_the_code_of_the_demo_is_shown_on_this_machine_alone(client, staff, monkeypatch):
    demo_lock(staff)
    sign_in(client)
    code = demo_code_for(staff)
    assert code in client.get("/accounts/2fa/authenticate/").content.decode()

    monkeypatch.setattr(settings, "BASE_URL", "https://practice.example")
    assert code not in client.get("/accounts/2fa/authenticate/").content.decode()
