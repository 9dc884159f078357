from __future__ import annotations

import os
import shutil
import signal

import pytest
from playwright.sync_api import sync_playwright

from tests.e2e.eyes import OUT, PHONE, Watch
from tests.e2e.person import Person
from tests.e2e.stack import running
from tools.browser import chromium


@pytest.fixture(scope="session")
def counsel(tmp_path_factory):
    """One practice for all journeys: the demo, its servers, its mails. Ends with the session."""
    # SIGTERM ends the session like Ctrl-C, by way of the line after the yield.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    shutil.rmtree(OUT, ignore_errors=True)
    with running(tmp_path_factory.mktemp("counsel")) as counsel:
        yield counsel


@pytest.fixture(scope="session")
def browser():
    options = ["--disable-background-networking", "--disable-component-update"]
    if not os.geteuid():
        options.append("--no-sandbox")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=options)
        yield browser
        browser.close()


@pytest.fixture
def arrive(counsel, browser):
    """`arrive()` is somebody new, at a phone of their own; pass what is different about it."""
    people = []

    def arrive(**device):
        device = {"viewport": PHONE, "locale": "en-GB", "timezone_id": "Europe/London", **device}
        context = browser.new_context(base_url=counsel.address, **device)
        context.set_default_timeout(10_000)
        people.append(Person(counsel, context, Watch(context, counsel.address)))
        return people[-1]

    yield arrive
    for person in people:
        person.context.close()
        person.watch.nothing_went_wrong()
