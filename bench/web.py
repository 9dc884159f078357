"""What the portal's home and the steps of exercises weigh for a phone that was never here before:
everything a browser fetches for them from the very servers `make run` starts, over the wire.
"""

from __future__ import annotations

import os
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    StorageState,
    ViewportSize,
    sync_playwright,
)

from bench.figures import Figure
from tests.e2e.stack import PASSWORD, Counsel, running
from tools.browser import chromium
from tools.children import ROOT

WEIGHT = 120 * 1024
SCREEN: ViewportSize = {"width": 390, "height": 844}
# The usual "slow 3G": 400 ms there and back, 400 kbit/s, here in bytes.
SLOW_3G = {"offline": False, "latency": 400, "downloadThroughput": 5e4, "uploadThroughput": 5e4}
# By the page's own clock, in milliseconds: something can be read; all scripts have run.
PAINTED = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
WORKING = "() => performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"
BEGIN_ALL = """
from exercises.models import Assignment
from exercises.services.practising import entry_begin
for given in Assignment._base_manager.filter(client__email={email!r}):
    entry = entry_begin(client=given.client, version=given.version, assignment=given)
    for number, _step in enumerate(entry.steps(), 1):
        print(f"/my/entries/{{entry.pk}}/{{number}}/")
"""


def figures() -> Iterator[Figure]:
    # Before anything is started: it says what to install.
    program = chromium()
    sandbox = [] if os.geteuid() else ["--no-sandbox"]
    # As a practice runs it, whatever the shell exports.
    os.environ["COUNSEL_DEBUG"] = "false"
    with (
        tempfile.TemporaryDirectory(prefix="counsel-") as folder,
        running(Path(folder)) as counsel,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=program, args=sandbox)
        home = [Visit(Phone(counsel, browser, "anna@example.org"), "/my/")]
        steps = steps_of_all_exercises(counsel, browser)
        for what, visits in (("home", home), ("step", steps)):
            heaviest = max(visits, key=lambda visit: visit.weight)
            heaviest.tell(what)
            yield Figure(f"web.weight.{what}", [heaviest.weight], "<=", WEIGHT)
        browser.close()


def steps_of_all_exercises(counsel: Counsel, browser: Browser) -> list[Visit]:
    """The steps of every exercise of the library, each opened for the first time."""
    slugs = sorted(path.stem for path in (ROOT / "exercises" / "library").glob("*.toml"))
    email = counsel.new_client("Wilma", *slugs)
    phone = Phone(counsel, browser, email)
    addresses = counsel.does(BEGIN_ALL.format(email=email)).split()
    return [Visit(phone, address) for address in addresses]


class Phone:
    """Where somebody has signed in; each of its `empty()` has that and nothing else in store."""

    def __init__(self, counsel: Counsel, browser: Browser, email: str) -> None:
        self.address, self.browser = counsel.address, browser
        context = self._context(None)
        page = context.new_page()
        page.goto("/accounts/login/")
        page.locator("details > summary").last.click()
        form = page.locator("details[open] form")
        form.locator("input[name=login]").fill(email)
        form.locator("input[name=password]").fill(PASSWORD)
        form.locator("button[type=submit]").click()
        page.wait_for_url("**/my/")
        self.signed_in = context.storage_state()
        context.close()

    def empty(self) -> BrowserContext:
        return self._context(self.signed_in)

    def _context(self, state: StorageState | None) -> BrowserContext:
        return self.browser.new_context(
            base_url=self.address, viewport=SCREEN, storage_state=state, locale="en-GB"
        )


class Visit:
    """A page opened for the first time, and once more after that."""

    def __init__(self, phone: Phone, address: str) -> None:
        self.phone, self.address = phone, address
        context = phone.empty()
        page = context.new_page()
        self.first, self.again = Wire(page), Wire(page)
        with self.first:
            page.goto(address, wait_until="networkidle")
        with self.again:
            page.goto(address, wait_until="networkidle")
        context.close()
        self.weight = self.first.weight

    def tell(self, what: str) -> None:
        """Prints what it is made of, and how long a slow connection takes over it."""
        for kind, sizes in sorted(self.first.kinds.items(), key=lambda one: -sum(one[1])):
            print(f"  {what}: {kind.lower()} {sum(sizes):,} bytes in {len(sizes)}")
        print(f"  {what}: {self.first.asked} requests; the next time {self.again.weight:,} bytes")
        painted, working = self.on_slow_3g()
        print(f"  {what} on slow 3G: read after {painted:.1f} s, used after {working:.1f} s")

    def on_slow_3g(self) -> tuple[float, float]:
        context = self.phone.empty()
        page = context.new_page()
        wire = context.new_cdp_session(page)
        wire.send("Network.enable")
        wire.send("Network.emulateNetworkConditions", SLOW_3G)
        page.goto(self.address)
        painted = page.wait_for_function(PAINTED).json_value()
        working = max(painted, page.evaluate(WORKING))
        context.close()
        return painted / 1000, working / 1000


class Wire:
    """Listens, while it is entered, to what comes over the wire for a page, headers and all."""

    def __init__(self, page: Page) -> None:
        self._session = page.context.new_cdp_session(page)
        self._kind: dict[str, str] = {}
        self.kinds: defaultdict[str, list[int]] = defaultdict(list)
        self._session.on("Network.requestWillBeSent", self._redirected)
        self._session.on("Network.responseReceived", self._answered)
        self._session.on("Network.loadingFinished", self._finished)

    def __enter__(self) -> None:
        self._session.send("Network.enable")

    def __exit__(self, *error: object) -> None:
        self._session.send("Network.disable")

    @property
    def weight(self) -> int:
        return sum(sum(sizes) for sizes in self.kinds.values())

    @property
    def asked(self) -> int:
        return sum(len(sizes) for sizes in self.kinds.values())

    def _redirected(self, event: dict[str, Any]) -> None:
        if redirect := event.get("redirectResponse"):
            self.kinds["redirect"].append(int(redirect["encodedDataLength"]))

    def _answered(self, event: dict[str, Any]) -> None:
        self._kind[event["requestId"]] = event["type"]

    def _finished(self, event: dict[str, Any]) -> None:
        # What the browser has in store already weighs nothing.
        if event["encodedDataLength"]:
            kind = self._kind[event["requestId"]]
            self.kinds[kind].append(int(event["encodedDataLength"]))
