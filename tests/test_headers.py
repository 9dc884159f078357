"""What the browser is told on every page, whoever asks and whatever comes back."""

from __future__ import annotations

import pytest
from django.urls import path, reverse

from counsel.urls import urlpatterns as our_urlpatterns
from tests.factories import PASSWORD, make_counsellor, make_manager, make_portal_client


def broken(request):
    raise RuntimeError("on purpose")


urlpatterns = [*our_urlpatterns, path("broken/", broken)]

PUBLIC = [
    "front",
    "help",
    "account_login",
    "account_request_login_code",
    "account_signup",
    "account_reset_password",
    "account_logout",
]
FOR_CLIENTS = [
    "clients:home",
    "clients:settings",
    "clients:devices",
    "clients:welcome",
    "records:record",
    "booking:my_feed",
    "account_set_password",
    "account_reauthenticate",
    "account_logout",
    "mfa_index",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
    "mfa_activate_totp",
    "usersessions_list",
    "front",
    "start",
]
ODD = {
    "/nothing/": 404,
    "/invitation/x/": 404,
    "/broken/": 500,
    "/my/counsellor/": 405,
    "/nothing": 404,
}


def assert_guarded(answer) -> None:
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"


def assert_plain_page(answer) -> None:
    """Nothing that the policy would refuse, nothing from elsewhere, and the way to help."""
    if answer.status_code in {301, 302, 405} or not answer.content.startswith(b"<!doctype"):
        return
    page = answer.content.decode()
    for forbidden in (" style=", " onclick=", " onload=", "javascript:", "<script>"):
        assert forbidden not in page
    assert 'src="http' not in page
    assert 'href="/help/"' in page


@pytest.mark.django_db
@pytest.mark.parametrize("name", PUBLIC)
def test_a_page_for_everybody_is_guarded(client, name):
    answer = client.get(reverse(name))
    assert answer.status_code in {200, 302}
    assert_guarded(answer)
    assert_plain_page(answer)


@pytest.mark.django_db
@pytest.mark.parametrize("name", FOR_CLIENTS)
def test_a_signed_in_page_is_guarded_and_kept_by_nobody(client, name):
    client.force_login(make_portal_client().user)
    answer = client.get(reverse(name))
    assert answer.status_code in {200, 302}
    assert_guarded(answer)
    assert_plain_page(answer)
    assert {"no-store", "private"} <= set(answer["Cache-Control"].split(", "))


@pytest.mark.django_db
@pytest.mark.urls("tests.test_headers")
@pytest.mark.parametrize("signed_in", [True, False])
@pytest.mark.parametrize("path", ODD)
def test_a_page_that_goes_wrong_is_guarded_too(client, path, signed_in):
    client.raise_request_exception = False
    if signed_in:
        client.force_login(make_portal_client().user)
    answer = client.get(path)
    assert answer.status_code == ODD[path]
    assert_guarded(answer)
    assert_plain_page(answer)
    assert not signed_in or "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
def test_a_form_without_its_token_is_refused_with_words(client):
    strict = type(client)(enforce_csrf_checks=True)
    answer = strict.post(reverse("account_login"), {"login": "a@example.org"})
    assert answer.status_code == 403
    assert_guarded(answer)
    assert_plain_page(answer)


@pytest.mark.django_db
@pytest.mark.parametrize("make_user", [lambda: make_counsellor().user, make_manager])
def test_the_desk_is_guarded_and_kept_by_nobody(client, make_user):
    client.force_login(make_user())
    answer = client.get(reverse("admin:index"))
    assert_guarded(answer)
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
def test_cookies_are_out_of_reach_of_scripts_and_other_sites(client, settings):
    anna = make_portal_client()
    client.post(reverse("account_login"), {"login": anna.email, "password": PASSWORD})
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


@pytest.mark.django_db
def test_over_https_the_browser_is_told_to_stay_there(client, settings):
    settings.SECURE_HSTS_SECONDS = 31_536_000
    answer = client.get(reverse("help"), secure=True)
    assert answer["Strict-Transport-Security"].startswith("max-age=31536000")
