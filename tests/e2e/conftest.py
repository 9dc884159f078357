from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests.e2e.eyes import OUT, PHONE, Watch
from tests.e2e.person import Person
from tests.e2e.stack import running
from tools.browser import chromium

# They look at most pages, and take longest.
FIRST = "test_pages.py"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """After all shuffling, so that no worker is left alone with a long one at the end."""
    items.sort(key=lambda item: item.path != Path(__file__).with_name(FIRST))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes():
    """Before several workers, each with a practice of its own: here nothing else runs."""
    _begin()


def pytest_terminal_summary(terminalreporter):
    """Clicks and seconds of each task in `test_ten_tasks`, whichever worker it ran on."""
    reports = terminalreporter.getreports("passed") + terminalreporter.getreports("failed")
    tasks = sorted(
        value for report in reports for key, value in report.user_properties if key == "task"
    )
    if tasks:
        lines = [f"{task:<60}{clicks:>3} clicks{took:>6.1f} s" for task, clicks, took in tasks]
        terminalreporter.write_line("\n".join(lines))
        OUT.mkdir(exist_ok=True)
        (OUT / "ten-tasks.txt").write_text("\n".join([*lines, ""]))


@pytest.fixture(scope="session")
def counsel(tmp_path_factory):
    """One practice for all journeys: the demo, its servers, its mails. Ends with the session."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        _begin()
    with running(tmp_path_factory.mktemp("counsel")) as counsel:
        yield counsel


def _begin():
    # SIGTERM ends the session like Ctrl-C: all that was started is ended in its turn.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    shutil.rmtree(OUT, ignore_errors=True)


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
