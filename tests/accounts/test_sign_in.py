from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from unittest.mock import patch
from urllib.parse import urljoin

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from counsel.accounts.models import User
from counsel.accounts.services import user_create
from tests.factories import PASSWORD, make_client, make_counsellor, make_user

pytestmark = pytest.mark.django_db
ADDRESS = "anna@example.org"
HERE = "https://testserver/"
ENCODE = MD5PasswordHasher.encode


@pytest.fixture(autouse=True)
def fresh_limits():
    cache.clear()


def make_anna(**fields):
    user = user_create(email=ADDRESS, name="Anna", **fields)
    make_client(user=user, email=ADDRESS)
    return user


def ask_for_code(client, email=ADDRESS, **extra):
    return client.post("/accounts/login/code/", {"email": email, **extra})


def mailed_code() -> str:
    return re.search(r"^([A-Z0-9]{4}-[A-Z0-9]{4})$", mail.outbox[-1].body, re.MULTILINE).group(1)


def give_code(client, code, **extra):
    return client.post("/accounts/login/code/confirm/", {"code": code, **extra})


def is_signed_in(client) -> bool:
    return client.get("/my/settings/").status_code == 200


def test_it_signs_in_with_a_mailed_code(client):
    make_anna()
    assert ask_for_code(client)["Location"] == "/accounts/login/code/confirm/"
    answer = give_code(client, mailed_code())
    assert answer["Location"] == "/start/"
    assert is_signed_in(client)


def test_a_code_works_once(client, django_user_model):
    make_anna()
    ask_for_code(client)
    code = mailed_code()
    give_code(client, code)
    client.post("/accounts/logout/")
    give_code(client, code)
    assert not is_signed_in(client)


def test_a_code_is_dead_after_three_wrong_ones(client):
    make_anna()
    ask_for_code(client)
    code = mailed_code()
    for _attempt in range(3):
        give_code(client, "AAAA-AAAA")
    give_code(client, code)
    assert not is_signed_in(client)


def test_a_code_belongs_to_the_browser_that_asked(client, django_user_model):
    make_anna()
    ask_for_code(client)
    other = type(client)()
    give_code(other, mailed_code())
    assert not is_signed_in(other)


def test_it_signs_in_with_a_password(client):
    make_anna(password=PASSWORD)
    answer = client.post("/accounts/login/", {"login": ADDRESS.upper(), "password": PASSWORD})
    assert answer["Location"] == "/start/"
    assert is_signed_in(client)


def seen_by_a_stranger(client, path, data) -> list[tuple[int, str]]:
    """What comes back, page by page, with everything left out that differs each time."""
    seen = []
    answer = client.post(path, data, follow=True)
    for status in (*(status for _, status in answer.redirect_chain), answer.status_code):
        page = answer.content.decode().replace(data.get("email") or data["login"], "ADDRESS")
        seen.append((status, re.sub(r'(csrfmiddlewaretoken" value)="\w+"', r"\1", page)))
    return seen


@pytest.mark.parametrize("path", ["/accounts/login/code/", "/accounts/password/reset/"])
@pytest.mark.parametrize("who", ["inactive", "without password", "staff", "unknown"])
def test_it_answers_every_address_alike_with_one_mail(client, path, who):
    make_anna(password=PASSWORD)
    other = f"{who.split()[0]}@example.org"
    if who != "unknown":
        user = user_create(email=other, is_staff=who == "staff")
        user.is_active = who != "inactive"
        user.save(update_fields=["is_active"])
    known = seen_by_a_stranger(client, path, {"email": ADDRESS})
    assert seen_by_a_stranger(type(client)(), path, {"email": other}) == known
    assert [message.to for message in mail.outbox] == [[ADDRESS], [other]]


@pytest.mark.parametrize("who", ["inactive", "without password", "unknown"])
def test_a_wrong_password_looks_alike_for_every_address(client, who):
    make_anna(password=PASSWORD)
    other = f"{who.split()[0]}@example.org"
    if who != "unknown":
        user = user_create(email=other, password=PASSWORD if who == "inactive" else None)
        user.is_active = who != "inactive"
        user.save(update_fields=["is_active"])
    wrong = {"login": ADDRESS, "password": "not the password"}
    known = seen_by_a_stranger(client, "/accounts/login/", wrong)
    assert (
        seen_by_a_stranger(type(client)(), "/accounts/login/", {**wrong, "login": other}) == known
    )
    assert mail.outbox == []


@pytest.mark.parametrize("code", ["", "x", "AAAA-AAAA", "🙂" * 9, "A\0A", "9" * 100_000])
def test_a_code_for_an_unknown_address_is_refused_like_any_wrong_one(client, code):
    make_anna()
    wrong = {"email": ADDRESS, "code": code}
    pages = []
    for email in (ADDRESS, "nobody@example.org"):
        browser = type(client)()
        ask_for_code(browser, email)
        wrong["email"] = email
        pages.append(seen_by_a_stranger(browser, "/accounts/login/code/confirm/", wrong))
    assert pages[0] == pages[1]


def test_nobody_signs_up_by_themselves(client, django_user_model):
    typed = {"email": "new@example.org", "password1": PASSWORD}
    assert "By invitation" in client.post("/accounts/signup/", typed).content.decode()
    assert not django_user_model.objects.exists()


@pytest.mark.parametrize("signed_in", [True, False])
def test_the_address_is_not_changed_here(client, signed_in):
    if signed_in:
        client.force_login(make_anna())
    assert client.post("/accounts/email/", {"email": "new@example.org"}).status_code == 404
    assert not EmailAddress.objects.filter(email="new@example.org").exists()


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "\x08//evil.example",
        "%2F%2Fevil.example",
    ],
)
def test_it_leads_nowhere_else_after_signing_in(client, target):
    make_anna()
    ask_for_code(client, next=target)
    answer = give_code(client, mailed_code(), next=target)
    assert answer.status_code == 302
    assert urljoin(HERE, answer["Location"]).startswith(HERE)


def test_it_leads_back_to_where_somebody_wanted_to_go(client):
    make_anna()
    ask_for_code(client, next="/my/settings/")
    assert give_code(client, mailed_code(), next="/my/settings/")["Location"] == "/my/settings/"


def test_it_limits_the_codes_somebody_can_have_sent(client):
    make_anna()
    for _attempt in range(5):
        ask_for_code(type(client)())
    assert len(mail.outbox) == 3


def test_it_limits_wrong_passwords_whatever_address_the_browser_claims_to_have(client):
    make_anna(password=PASSWORD)
    for number in range(6):
        client.post(
            "/accounts/login/",
            {"login": ADDRESS, "password": "wrong"},
            headers={"x-forwarded-for": f"192.0.2.{number}"},
        )
    right = {"login": ADDRESS, "password": PASSWORD}
    answer = client.post("/accounts/login/", right)
    assert "Those were many tries" in answer.content.decode()
    # The limit stops guessing, not the person: a mailed code still lets them in.
    ask_for_code(client)
    give_code(client, mailed_code())
    assert is_signed_in(client)


def test_a_changed_password_signs_out_everywhere_else(client):
    user = make_anna(password=PASSWORD)
    other = type(client)()
    for browser in (client, other):
        browser.post("/accounts/login/", {"login": ADDRESS, "password": PASSWORD})
    user.set_password("another long password")
    user.save()
    assert not is_signed_in(other)


def test_somebody_who_may_not_sign_in_any_more_is_out_at_once(client):
    user = make_anna()
    client.force_login(user)
    user.is_active = False
    user.save()
    assert not is_signed_in(client)


def test_it_sends_everybody_where_they_belong(client):
    counsellor, anna, nobody = make_counsellor().user, make_anna(), make_user()
    for user, place in ((counsellor, "/admin/"), (anna, "/my/")):
        client.force_login(user)
        assert client.get("/start/")["Location"] == place
    client.force_login(nobody)
    assert nobody.email in client.get("/start/").content.decode()


def test_the_front_page_lists_those_who_have_room(client):
    make_counsellor(display_name="Open Door", accepts_new_clients=True)
    make_counsellor(display_name="Full Book", accepts_new_clients=False)
    gone = make_counsellor(display_name="Gone Away")
    gone.user.is_active = False
    gone.user.save()
    page = client.get("/").content.decode()
    assert [name in page for name in ("Open Door", "Full Book", "Gone Away")] == [
        True,
        False,
        False,
    ]


def work_of(path, data):
    """How often a password is hashed, and how often the database is asked."""
    with (
        patch.object(MD5PasswordHasher, "encode", autospec=True, side_effect=ENCODE) as hashed,
        CaptureQueriesContext(connection) as asked,
    ):
        Browser().post(path, data)
    return hashed.call_count, len(asked)


@pytest.mark.parametrize("path", ["login", "login/code", "password/reset"])
def test_it_takes_the_same_work_for_every_address(path):
    """Time is not measured, for it would tell of this machine; what takes it is counted."""
    make_anna(password=PASSWORD)
    user_create(email="inactive@example.org", password=PASSWORD)
    User.objects.filter(email__startswith="inactive").update(is_active=False)
    user_create(email="without@example.org")
    names = ("anna", "inactive", "without", "nobody")
    work = {}
    for name in names:
        data = {"login": f"{name}@example.org", "email": f"{name}@example.org", "password": "no"}
        work[name] = work_of(f"/accounts/{path}/", data)
    hashed = {name: counts[0] for name, counts in work.items()}
    assert set(hashed.values()) == {1 if path == "login" else 0}, hashed
    asked = [counts[1] for counts in work.values()]
    assert max(asked) - min(asked) <= 2, work


def test_whose_address_a_stranger_wears_out_still_gets_in(client):
    make_anna(password=PASSWORD)
    right = {"login": ADDRESS, "password": PASSWORD}
    for _try in range(6):
        type(client)().post("/accounts/login/", {**right, "password": "wrong"})
    assert "many tries" in client.post("/accounts/login/", right).text
    ask_for_code(client)
    give_code(client, mailed_code())
    assert is_signed_in(client)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=6), tick=False):
        assert type(client)().post("/accounts/login/", right)["Location"] == "/start/"
