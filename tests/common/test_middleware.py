from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.contrib.sessions.exceptions import SessionInterrupted
from django.db import OperationalError, connection
from django.http import HttpResponse
from django.template import Context, Template
from django.utils import timezone

from counsel.common.middleware import ReaderZoneMiddleware, RequestIdMiddleware
from counsel.common.views import bad_request
from tests.factories import make_portal_client, make_user


def show_time(request) -> HttpResponse:
    page = Template("{% load tz %}{% get_current_timezone as zone %}{{ at|date:'H:i' }} {{ zone }}")
    return HttpResponse(page.render(Context({"at": datetime(2030, 1, 7, 9, tzinfo=UTC)})))


def ask(rf, user) -> HttpResponse:
    request = rf.get("/")
    request.user = user
    return ReaderZoneMiddleware(show_time)(request)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("zone", "shown"),
    [("Asia/Kolkata", "14:30 Asia/Kolkata"), ("Mars/Phobos", "09:00 UTC")],
)
def test_it_shows_times_by_the_readers_clock(rf, zone, shown):
    assert ask(rf, make_user(time_zone=zone)).content.decode() == shown
    assert timezone.get_current_timezone_name() == "UTC"


def test_it_gives_each_request_an_id_of_its_own(rf):
    seen = []
    middleware = RequestIdMiddleware(lambda request: seen.append(request.id) or HttpResponse())
    middleware(rf.get("/"))
    middleware(rf.get("/"))
    assert len(set(seen)) == 2


# No django_db mark: a query would fail this test.
def test_it_opens_the_empty_page_without_a_database_and_says_nothing_on_it(client, settings):
    client.cookies[settings.SESSION_COOKIE_NAME] = "of somebody signed in"
    answer = client.get("/away/")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "<body></body>" in page
    assert "<title>New page</title>" in page
    assert settings.PRACTICE_NAME not in page
    assert not answer.cookies


# No django_db mark: a query would fail this test.
def test_it_opens_the_help_page_without_a_database(client, settings):
    client.cookies[settings.SESSION_COOKIE_NAME] = "of somebody signed in"
    answer = client.get("/help/")
    assert answer.status_code == 200
    assert b'href="tel:112"' in answer.content


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("error", "status", "words"),
    [(OperationalError, 503, b"safe and unchanged"), (RuntimeError, 500, b"nothing you did")],
)
def test_a_database_that_is_away_is_a_pause_and_no_mistake(client, error, status, words):
    client.force_login(make_portal_client().user)
    client.raise_request_exception = False

    def breaks(*args):
        raise error("database or disk is full")

    with connection.execute_wrapper(breaks):
        answer = client.get("/my/")
    assert answer.status_code == status and words in answer.content
    assert b"disk" not in answer.content
    assert answer.get("Retry-After") == ("30" if status == 503 else None)


def test_a_session_that_cannot_be_saved_is_a_pause_too(rf):
    try:
        try:
            raise OperationalError
        except OperationalError:
            raise SessionInterrupted from None
    except SessionInterrupted as error:
        assert bad_request(rf.get("/"), error).status_code == 503
    assert bad_request(rf.get("/"), SessionInterrupted()).status_code == 400


def test_it_opens_the_help_page_when_its_file_is_broken(client, settings, tmp_path):
    settings.HELP_LINES_FILE = tmp_path / "nothing.toml"
    assert b'href="tel:112"' in client.get("/help/").content


def test_it_shows_the_practices_own_help_lines(client, settings, tmp_path):
    settings.HELP_LINES_FILE = tmp_path / "lines.toml"
    settings.HELP_LINES_FILE.write_text(
        '[[line]]\nname = "A night line"\nnumber = "01 23 45"\nchecked_on = 2030-01-07\n'
    )
    page = client.get("/help/").content.decode()
    assert "A night line" in page
    assert 'href="tel:012345"' in page
    assert 'href="tel:112"' in page


def test_it_shows_where_to_write_and_what_to_call_here(client, settings, tmp_path):
    settings.HELP_LINES_FILE = tmp_path / "lines.toml"
    settings.HELP_LINES_FILE.write_text(
        'emergency = "9 9 9"\n[[line]]\nname = "A night line"\nnumber = "01 23 45"\n'
        'sms = "85 2 58"\nchecked_on = 2030-01-07\n'
    )
    page = client.get("/help/").content.decode()
    assert 'href="sms:85258"' in page
    assert 'href="tel:999"' in page
    assert "112" not in page.split("<main")[1].split("In many countries")[0]


@pytest.mark.django_db
def test_it_keeps_signed_in_pages_out_of_every_cache(client):
    client.force_login(make_portal_client().user)
    assert "no-store" in client.get("/my/")["Cache-Control"]


@pytest.mark.django_db
def test_it_has_the_browser_forget_at_sign_out(client):
    client.force_login(make_portal_client().user)
    answer = client.post("/accounts/logout/")
    assert answer["Clear-Site-Data"] == '"cache"'
    assert "no-store" in answer["Cache-Control"]
    assert client.get("/my/").status_code == 302


# Python's "utf-7" reads half a surrogate pair out of it, which nothing can keep or show.
HALF_A_PAIR = "+2AA-"


@pytest.mark.django_db
@pytest.mark.parametrize("charset", ["utf-7", "latin-1", "unicode_escape", "UTF-16"])
def test_it_reads_nothing_but_utf_8(client, charset):
    body = f'--b\r\nContent-Disposition: form-data; name="login"\r\n\r\n{HALF_A_PAIR}\r\n--b--\r\n'
    kind = f"multipart/form-data; boundary=b; charset={charset}"
    assert client.post("/accounts/login/", body, content_type=kind).status_code == 400
    address = f"/accounts/login/?next={HALF_A_PAIR}"
    assert client.get(address, headers={"content-type": kind}).status_code == 400


@pytest.mark.django_db
@pytest.mark.parametrize("charset", ["utf-8", "UTF8", '"utf-8"', "none-such"])
def test_it_reads_utf_8_by_any_of_its_names(client, charset):
    kind = f"multipart/form-data; boundary=b; charset={charset}"
    assert client.get("/accounts/login/", headers={"content-type": kind}).status_code == 200
