"""What every page outside the desk has: the way to help; and, signed in, the way out."""

from __future__ import annotations

import re

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.template.loader import render_to_string
from django.test import Client, override_settings
from django.urls import reverse

from counsel.common.context import practice
from counsel.common.encryption import SealError
from counsel.reminders.words import assert_neutral
from tests.access_table import ROWS
from tests.caseloads import make_caseload
from tests.factories import (
    make_consent_document,
    make_partner,
    make_portal_client,
)

pytestmark = pytest.mark.django_db

# Shown in a frame on a page of the practice's own, which brings its own footer.
IN_A_FRAME = "embed/"
CANARY = "Canary-7Q"
LINK = re.compile(r'<a[^>]*href="([^"]*)"[^>]*data-leave>')


@pytest.fixture
def caseload(db):
    make_consent_document()
    return make_caseload(CANARY)


def pages(browser, caseload, begins=""):
    """The pages of Counsel that answer this visitor, by route; the desk's and the empty one not."""
    for row in ROWS:
        if not row.route.startswith(begins) or row.route.startswith(("admin/", "away/")):
            continue
        answer = browser.get("/" + row.at.format(**vars(caseload)))
        is_page = answer.status_code == 200 and answer["Content-Type"].startswith("text/html")
        # A file one takes along is opened elsewhere.
        is_page = is_page and "Content-Disposition" not in answer
        if is_page and IN_A_FRAME not in row.route:
            yield row.route, answer.content.decode()


@pytest.mark.parametrize("signed_in", [True, False])
def test_help_is_one_tap_away(client, caseload, signed_in):
    if signed_in:
        client.force_login(caseload.client.user)
    found = dict(pages(client, caseload))
    assert len(found) > 15
    missing = [route for route, page in found.items() if 'href="/help/"' not in page]
    assert not missing


def test_every_page_of_the_portal_can_be_left_quickly(client, caseload):
    client.force_login(caseload.client.user)
    found = dict(pages(client, caseload, "my/"))
    assert len(found) > 10
    for route, page in found.items():
        link = LINK.search(page)
        assert link, route
        assert link[1] == "/away/"
        # Reached by keys and by reading before anything of what was written.
        assert link.start() < page.index('<main id="main"'), route
        assert "js/leave" in page


def test_no_tab_tells_what_this_is(client, caseload):
    """Neither the title nor the icon: no word of care, nobody's name, no exercise."""
    client.force_login(caseload.client.user)
    icon, titles = staticfiles_storage.url("img/favicon.svg"), set()
    for _route, page in pages(client, caseload, "my/"):
        titles.add(re.search(r"<title>(.*?)</title>", page)[1])
        assert f'rel="icon" href="{icon}"' in page
    assert len(titles) > 5
    assert assert_neutral("\n".join(titles)) == []
    own = (CANARY, caseload.version.title, caseload.client.name, caseload.counsellor.display_name)
    assert not [title for title in titles if any(name in title for name in own)]


def test_the_page_of_somebody_close_can_be_left_too(client):
    partner = make_partner()
    client.force_login(partner.user)
    page = client.get("/with/").content.decode()
    assert LINK.search(page)
    assert 'href="/help/"' in page


@pytest.mark.parametrize("name", ["account_change_password", "mfa_index", "usersessions_list"])
def test_the_account_of_a_client_can_be_left_too(client, name):
    client.force_login(make_portal_client().user)
    page = client.get(reverse(name), follow=True).content.decode()
    assert LINK.search(page)


def test_the_practice_says_where_one_leaves_to(client, caseload):
    client.force_login(caseload.client.user)
    with override_settings(LEAVE_TO="https://weather.example/"):
        page = client.get("/my/journal/").content.decode()
    assert LINK.search(page)[1] == "https://weather.example/"
    assert practice(None)["practice"]["leave_to"] == ""


def test_a_public_page_has_no_such_way_out(client, caseload):
    for address in ("/", f"/c/{caseload.counsellor.slug}/", "/help/"):
        assert "data-leave" not in client.get(address).content.decode()


def _broken(error):
    def view(*args, **kwargs):
        raise error

    return view


def test_whatever_goes_wrong_help_is_one_tap_away(caseload, monkeypatch, settings):
    """As it is answered, and once more from nothing but the template."""
    browser = Client(raise_request_exception=False, enforce_csrf_checks=True)
    browser.force_login(caseload.client.user)
    answers = [
        browser.get("/nothing/"),
        browser.get("/admin/"),
        browser.post("/my/journal/"),
        browser.get("/my/", headers={"content-type": "text/plain; charset=utf-7"}),
    ]
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    open_one = Client(raise_request_exception=False)
    answers.append(open_one.post("/accounts/login/", {"login": "x" * 100}))
    for error in (RuntimeError(), SealError("k1")):
        monkeypatch.setattr("clients.views.filled_panels", _broken(error))
        answers.append(browser.get("/my/"))
    assert [answer.status_code for answer in answers] == [404, 403, 403, 400, 413, 500, 503]
    missing = [answer.status_code for answer in answers if b'href="/help/"' not in answer.content]
    assert missing == []
    bare = [path for folder in settings.TEMPLATES[0]["DIRS"] for path in folder.glob("[45]*.html")]
    assert len(bare) >= 8
    assert [path for path in bare if 'href="/help/"' not in render_to_string(path.name)] == []
