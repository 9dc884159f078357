from __future__ import annotations

import re

import pytest
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


@pytest.fixture
def anna(client):
    """Signed in by a code, without a password."""
    user = user_create(email=ADDRESS)
    make_client(user=user, email=ADDRESS)
    client.force_login(user)
    return user


def choose(client, password):
    return client.post("/accounts/password/set/", {"password1": password, "password2": password})


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "twelvelettrs",
        "with spaces and ümläuts 🙂",
        "x" * 20 + "y" * 100,
        "نامه‌ای دراز برای تو",
    ],
)
def test_it_takes_any_long_password(client, anna, password):
    assert choose(client, password).status_code == 302
    anna.refresh_from_db()
    assert anna.check_password(password)


@pytest.mark.parametrize("password", ["", "elevenchars", "password1234", "anna@example.org"])
def test_it_refuses_short_known_and_own_ones_beside_the_field(client, anna, password):
    answer = choose(client, password)
    assert answer.status_code == 200
    assert answer.context["form"].errors
    anna.refresh_from_db()
    assert not anna.has_usable_password()


def test_it_tells_the_person_that_a_password_was_set(client, anna):
    choose(client, PASSWORD)
    assert [message.subject for message in mail.outbox] == ["You have a password now"]


@pytest.mark.parametrize("path", ["webauthn/add/", "totp/activate/", "recovery-codes/generate/"])
def test_it_asks_who_is_there_before_ways_to_sign_in_are_changed(client, anna, path):
    choose(client, PASSWORD)
    answer = client.get(f"/accounts/2fa/{path}")
    assert answer["Location"].startswith("/accounts/reauthenticate/")


def test_it_asks_for_the_old_password_before_a_new_one(client, anna):
    choose(client, PASSWORD)
    new = {"oldpassword": "wrong", "password1": "another long one", "password2": "another long one"}
    assert "oldpassword" in client.post("/accounts/password/change/", new).context["form"].errors
    anna.refresh_from_db()
    assert anna.check_password(PASSWORD)


def test_it_chooses_a_new_password_with_a_mailed_code(client, anna):
    client.logout()
    client.post("/accounts/password/reset/", {"email": ADDRESS})
    code = re.search(r"^([A-Z0-9]{4}-[A-Z0-9]{4})$", mail.outbox[-1].body, re.MULTILINE).group(1)
    client.post("/accounts/password/reset/confirm/", {"code": code})
    client.post(
        "/accounts/password/reset/complete/", {"password1": PASSWORD, "password2": PASSWORD}
    )
    anna.refresh_from_db()
    assert anna.check_password(PASSWORD)
    assert client.get("/my/").status_code == 302


def test_a_new_password_does_not_switch_the_second_step_off(client, anna):
    Authenticator.objects.create(user=anna, type="totp", data={"secret": "x"})
    anna.set_password(PASSWORD)
    anna.save()
    client.logout()
    answer = client.post("/accounts/login/", {"login": ADDRESS, "password": PASSWORD})
    assert answer["Location"] == "/accounts/2fa/authenticate/"
    assert client.get("/my/").status_code == 302
