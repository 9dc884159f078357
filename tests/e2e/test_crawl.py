"""Hostile words in every field of a caseload, and every page of Counsel opened in a browser.

`Watch` fails the test where a dialog opens, the content security policy refuses anything, another
host is asked, or a page answers 500.
"""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Error

from tests.access_table import ROWS, VISITORS

pytestmark = pytest.mark.e2e
# Ends an attribute, runs, and is a template; short enough for the shortest field.
SCRIPT = '"><img src=x onerror=alert(1)>{{7*7}}'
READERS = ("anonymous", "client", "counsellor", "manager")
# Making these is the work of whoever asks; they are looked at by their own tests.
APART = ("health/", "admin/logout/", "accounts/logout/", "calendar/")

_MAKE = """
import json, time
from importlib import import_module
from allauth.account.internal.userkit import user_id_to_str
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from counsel.accounts.log_off import BEGAN, SEEN
from tests.access_table import ROWS
from tests.canaries import fill
from tests.caseloads import make_caseload
from tests.factories import make_manager

own = make_caseload({script!r})
fill(own, {script!r})

def key(user):
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    now = time.time()
    session.update({{
        SESSION_KEY: str(user.pk),
        BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[-1],
        HASH_SESSION_KEY: user.get_session_auth_hash(),
        BEGAN: now, SEEN: now,
        "account_authentication_methods": [{{"method": "mfa", "type": "totp", "at": now}}],
        "account_authentication_methods_user": user_id_to_str(user),
    }})
    session.save()
    return session.session_key

people = {{"client": own.client.user, "counsellor": own.counsellor.user, "manager": make_manager()}}
print(json.dumps({{
    "cookie": settings.SESSION_COOKIE_NAME,
    "keys": {{who: key(user) for who, user in people.items()}},
    "pages": [row.at.format(**vars(own)) for row in ROWS],
}}))
"""


def test_no_word_of_anybody_runs_on_any_page(counsel, arrive):
    made = json.loads(counsel.does(_MAKE.format(script=SCRIPT)))
    opened = shown = 0
    for who in READERS:
        reader = arrive()
        # What a browser asks of its own accord beside a file that is no page.
        reader.context.route("**/favicon.ico", lambda route: route.fulfill(status=204))
        if who in made["keys"]:
            cookie = {"name": made["cookie"], "value": made["keys"][who], "url": counsel.address}
            reader.context.add_cookies([cookie])
        for row, page in zip(ROWS, made["pages"], strict=True):
            if row.answers[VISITORS.index(who)] == "200" and not row.route.startswith(APART):
                opened += 1
                shown += SCRIPT in _words_of(reader.page, f"/{page}")
        reader.watch.nothing_went_wrong()
    assert opened > 250
    # It is there to be read, as words.
    assert shown > 60


def _words_of(page, address):
    try:
        page.goto(address)
    except Error as error:
        if "Download is starting" in error.message or "ERR_ABORTED" in error.message:
            return ""
        raise
    return page.evaluate(
        "document.documentElement.innerText + "
        "[...document.querySelectorAll('input, textarea')].map((it) => it.value).join(' ')"
    )
