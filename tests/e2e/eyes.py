"""What a careful person checks on every page: that it reads, fits, and speaks to nobody else."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urldefrag, urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response

OUT = Path(__file__).parent / "out"
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 800}
AXE = Axe()

# What htmx says of a request whose page was left before the answer; of any other that went wrong
# it says so in a line more.
LEFT_MEANWHILE = ("htmx:sendAbort,", "htmx:afterRequest,")
# Told as console errors, like everything else that goes wrong on a page.
_TELL_REFUSALS = """
addEventListener("securitypolicyviolation", (event) => console.error(
  `content security policy: ${event.effectiveDirective} refused ${event.blockedURI}`));
"""


class Watch:
    """Listens to all pages of one browser context; `complaints` is what went wrong on them."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.host = urlsplit(address).netloc
        self.complaints: list[str] = []
        self._pages: set[str] = set()
        context.add_init_script(_TELL_REFUSALS)
        context.on("console", self._heard)
        context.on("weberror", lambda error: self.complaints.append(f"script: {error.error}"))
        context.on("request", self._asked)
        context.on("response", self._answered)
        context.on("dialog", self._interrupted)

    def _interrupted(self, dialog) -> None:
        self.complaints.append(f"a dialog opened: {dialog.type} {dialog.message!r}")
        dialog.dismiss()

    def _heard(self, message: ConsoleMessage) -> None:
        # The browser also calls it an error when a page itself answers 404 or 422.
        is_page = urldefrag(message.location["url"]).url in self._pages
        told = is_page and "Failed to load" in message.text
        if message.type == "error" and not told and not message.text.startswith(LEFT_MEANWHILE):
            self.complaints.append(f"console: {message.text} ({message.location['url']})")

    def _asked(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.netloc != self.host:
            self.complaints.append(f"asked another host: {request.url}")

    def _answered(self, response: Response) -> None:
        if response.request.is_navigation_request():
            self._pages.add(urldefrag(response.url).url)
        if response.status >= 500:
            self.complaints.append(f"answered {response.status}: {response.url}")

    def nothing_went_wrong(self) -> None:
        assert not self.complaints, "\n".join(self.complaints)


def look(page: Page, name: str) -> None:
    """Keeps a picture of the page at a phone's and a desktop's width, and checks it at both."""
    before = page.viewport_size
    OUT.mkdir(exist_ok=True)
    page.wait_for_load_state()
    for size in (PHONE, DESKTOP):
        page.set_viewport_size(size)
        _keep_picture(page, OUT / f"{name}-{size['width']}.png")
        page.set_viewport_size(size)
        where = f"{name} at {size['width']} px ({page.url})"
        _fits(page, where)
        _is_accessible(page, where)
    _offers_help(page, name)
    if before:
        page.set_viewport_size(before)


def _keep_picture(page: Page, file: Path) -> None:
    """All of the page at once, so that a bar at the foot of the screen covers nothing."""
    size = page.viewport_size
    height = page.evaluate("document.documentElement.scrollHeight")
    if size and height > size["height"]:
        page.set_viewport_size({**size, "height": height})
    page.screenshot(path=file)


def _fits(page: Page, where: str) -> None:
    wide, room = page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert wide <= room, f"{where} is {wide - room} px too wide"


def _is_accessible(page: Page, where: str) -> None:
    # To judge rules for turned screens axe loads the style sheets anew. Where one imports another
    # it does that by inline styles, which our own policy rightly refuses: there it goes without.
    imports = page.evaluate("""
        [...document.styleSheets].some((sheet) =>
          [...sheet.cssRules].some((rule) => rule instanceof CSSImportRule))
    """)
    results = AXE.run(page, options={"resultTypes": ["violations"], "preload": not imports})
    assert results.violations_count == 0, f"{where}\n{results.generate_report()}"


def _offers_help(page: Page, where: str) -> None:
    links = page.get_by_role("link", name="Get help now").filter(visible=True)
    assert links.count(), f"{where} has no way to help"
