from __future__ import annotations

from urllib.parse import urljoin, urlsplit

import pytest
from django.core.cache import cache

from counsel.accounts.services import user_create
from tests.factories import PASSWORD, make_client

pytestmark = pytest.mark.django_db
ADDRESS = "anna@example.org"
ELSEWHERE = (
    *("https://evil.example/", "//evil.example", "///evil.example", "/\\evil.example"),
    *("\\\\evil.example", "https:evil.example", "https:///evil.example", "javascript:alert(1)"),
    *("\x08//evil.example", "\t//evil.example", " //evil.example", "%2f%2fevil.example"),
    *("http://[::1", "https://testserver@evil.example", "https://testserver.evil.example/"),
    *("/%5cevil.example", "data:text/html,x", "ftp://testserver/"),
)


def stays(location):
    """As browsers read it: a backslash is a slash to them, and control characters are nothing."""
    plain = "".join(letter for letter in location.replace("\\", "/") if letter > " ")
    target = urlsplit(urljoin("https://testserver/accounts/login/", plain))
    return (target.scheme, target.netloc) == ("https", "testserver")


@pytest.fixture
def anna():
    user = user_create(email=ADDRESS, password=PASSWORD)
    make_client(user=user, email=ADDRESS)
    return user


@pytest.mark.parametrize("path", ["login", "logout", "inactive", "login/code", "password/reset"])
def test_no_page_breaks_or_leads_elsewhere(client, anna, path):
    for elsewhere in ELSEWHERE:
        answer = client.get(f"/accounts/{path}/", {"next": elsewhere})
        assert answer.status_code in (200, 302), elsewhere
        assert stays(answer.headers.get("Location", "/")), elsewhere
        assert f'href="{elsewhere}"' not in answer.text
        assert f'action="{elsewhere}"' not in answer.text


def test_after_signing_in_and_out_one_stays_here(client, anna):
    for elsewhere in ELSEWHERE:
        cache.clear()
        sent = {"login": ADDRESS, "password": PASSWORD, "next": elsewhere}
        for path, data in (("login", sent), ("logout", {"next": elsewhere})):
            answer = client.post(f"/accounts/{path}/", data)
            assert stays(answer["Location"]), elsewhere
