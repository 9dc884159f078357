from __future__ import annotations

import base64
import hashlib
import hmac
import re
import struct
import time
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.cache import cache

from counsel.accounts.services import user_create
from tests.factories import PASSWORD, make_client

pytestmark = pytest.mark.django_db
ADDRESS = "anna@example.org"


@pytest.fixture(autouse=True)
def fresh_limits():
    cache.clear()


def make_anna(**fields):
    user = user_create(email=ADDRESS, password=PASSWORD, **fields)
    make_client(user=user, email=ADDRESS)
    return user


def sign_in(client):
    return client.post("/accounts/login/", {"login": ADDRESS, "password": PASSWORD})


def code_of(secret: str) -> str:
    """RFC 6238, worked out apart from the library under test."""
    counter = struct.pack(">Q", int(time.time()) // 30)
    digest = hmac.new(base64.b32decode(secret), counter, hashlib.sha1).digest()
    offset = digest[-1] & 15
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


def add_app(client) -> str:
    """Adds an authenticator app as a person does, and returns its secret."""
    sign_in(client)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = client.get("/accounts/2fa/totp/activate/").content.decode()
    secret = re.search(r'id="authenticator_secret"[^>]*value="([A-Z2-7]+)"', page).group(1)
    client.post("/accounts/2fa/totp/activate/", {"code": code_of(secret)})
    client.post("/accounts/logout/")
    return secret


@pytest.fixture
def secret(client):
    make_anna()
    return add_app(client)


@pytest.fixture
def an_hour_later():
    """The code that proved the app is used up; the tests go on with a later one."""
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=1), tick=False):
        yield


def test_an_app_is_asked_for_after_the_password(client, secret, an_hour_later):
    assert sign_in(client)["Location"] == "/accounts/2fa/authenticate/"
    assert client.get("/my/").status_code == 302
    client.post("/accounts/2fa/authenticate/", {"code": code_of(secret)})
    assert client.get("/my/").status_code == 200


def test_a_code_of_the_app_works_once(client, secret, an_hour_later):
    code = code_of(secret)
    for browser, status in ((client, 200), (type(client)(), 302)):
        sign_in(browser)
        browser.post("/accounts/2fa/authenticate/", {"code": code})
        assert browser.get("/my/").status_code == status


def test_a_used_code_is_remembered_whatever_else_is(client, secret, an_hour_later):
    code = code_of(secret)
    sign_in(client)
    client.post("/accounts/2fa/authenticate/", {"code": code})
    for number in range(320):
        cache.set(f"try-{number}", 1, 600)
    again = type(client)()
    sign_in(again)
    again.post("/accounts/2fa/authenticate/", {"code": code})
    assert again.get("/my/").status_code == 302


def test_the_secret_of_the_app_is_encrypted_at_rest(secret):
    kept = Authenticator.objects.get(type="totp").data["secret"]
    assert kept.startswith("v1:k1:")
    assert secret not in kept


def test_the_person_is_told_of_every_change(client, django_capture_on_commit_callbacks):
    make_anna()
    with django_capture_on_commit_callbacks(execute=True):
        add_app(client)
    assert "An authenticator app was added" in [message.subject for message in mail.outbox]


@pytest.mark.parametrize(("is_staff", "asked"), [(False, False), (True, True)])
def test_a_passkey_is_a_second_lock_for_staff_and_a_quicker_door_for_clients(
    client, is_staff, asked
):
    anna = make_anna(is_staff=is_staff)
    Authenticator.objects.create(user=anna, type="webauthn", data={})
    location = sign_in(client)["Location"]
    assert (location == "/accounts/2fa/authenticate/") is asked


def test_a_passkey_is_offered_as_one_that_opens_by_itself(client):
    client.force_login(make_anna())
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    form = client.get("/accounts/2fa/webauthn/add/").context["form"]
    assert form["passwordless"].initial is True
    assert form["name"].initial == "My device"
