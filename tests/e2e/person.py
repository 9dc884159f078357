"""Somebody at a device of their own. Their verbs are what the journeys are told in."""

from __future__ import annotations

import re

from playwright.sync_api import BrowserContext, Locator, Page, TimeoutError, expect

from tests.e2e import eyes
from tests.e2e.eyes import Watch
from tests.e2e.stack import PASSWORD, Counsel, words_of


class Person:
    def __init__(self, counsel: Counsel, context: BrowserContext, watch: Watch) -> None:
        self.counsel = counsel
        self.context = context
        self.watch = watch
        self.page: Page = context.new_page()
        # Taps, but not those into a field to write in it.
        self.taps = 0
        self.pause = 0.0

    def reads_at_human_speed(self) -> None:
        """From here on: two seconds for each thing to read or find, five letters a second."""
        self.pause = 2.0

    def opens(self, address: str) -> None:
        self.page.goto(address)

    def tap(self, name: str, role: str = "button", *, exact: bool = False) -> None:
        self.tap_on(self.page.get_by_role(role, name=name, exact=exact))

    def follow(self, name: str, *, exact: bool = False) -> None:
        self.tap(name, "link", exact=exact)

    def tap_on(self, thing: Locator) -> None:
        self.taps += 1
        self.page.wait_for_timeout(self.pause * 1000)
        thing.click()

    def choose(self, label: str) -> None:
        """Taps a choice card, a chip or a point of a scale by its words."""
        self.tap_on(self.page.locator("label").filter(has_text=label).first)

    def type(self, label: str, text: str) -> None:
        # On a busy machine a test can type before the page's own scripts listen; nobody else can.
        self.page.wait_for_load_state("domcontentloaded")
        if self.pause:
            self.page.wait_for_timeout(self.pause * 1000)
            self.page.get_by_label(label).press_sequentially(text, delay=200)
        else:
            self.page.get_by_label(label).fill(text)

    def see(self, text: str) -> None:
        self._see(self.page.get_by_text(text).filter(visible=True), text)

    def see_heading(self, text: str) -> None:
        self._see(self.page.get_by_role("heading", name=text), text)

    def _see(self, thing: Locator, what: str) -> None:
        try:
            thing.first.wait_for()
        except TimeoutError:
            shown = self.page.locator("main").inner_text()
            raise AssertionError(f"{what!r} is not on {self.page.url}:\n{shown}") from None

    def not_see(self, text: str) -> None:
        expect(self.page.get_by_text(text).filter(visible=True)).to_have_count(0)

    def look(self, name: str) -> None:
        eyes.look(self.page, name)
        self.watch.nothing_went_wrong()

    def sign_in_by_code(self, email: str) -> None:
        before = sum("code" in words_of(mail) for mail in self.counsel.mails_to(email))
        self.asks_for_a_code(email)
        code = self._code(email, before)
        self.page.locator("input[name=code]").fill(code)
        self.tap("Go on")
        self.page.wait_for_url(re.compile(r"/(my|admin)/$"))

    def asks_for_a_code(self, email: str) -> None:
        self.opens("/accounts/login/")
        self.page.get_by_role("textbox", name="E-mail address").fill(email)
        self.tap("Send me a code")
        self.page.wait_for_url("**/code/confirm/")

    def _code(self, email: str, before: int) -> str:
        mail = self.counsel.mail_to(email, "", after=before)
        found = re.search(r"^\s*([A-Z0-9]{3,}-?[A-Z0-9]{3,})\s*$", words_of(mail), re.M)
        assert found, words_of(mail)
        return found[1]

    def sign_in_by_password(self, email: str, password: str = PASSWORD) -> None:
        self.counsel.gives_staff_a_second_lock(email)
        self.opens("/accounts/login/")
        self.page.get_by_text("Sign in with a password").click()
        form = self.page.locator("details[open] form")
        form.locator("input[name=login]").fill(email)
        form.locator("input[name=password]").fill(password)
        self.tap("Sign in with the password")
        self.page.wait_for_url(re.compile(r"/(my|admin|authenticate)/$"))
        if self.page.url.endswith("/authenticate/"):
            self.comes_through_the_second_lock(self.page)

    def comes_through_the_second_lock(self, page: Page) -> None:
        """A code is good once, and others sign in as the same person within its half minute."""
        self.counsel.forgets_used_codes()
        shown = page.get_by_text("its app shows").locator("strong").inner_text()
        page.locator("input[name=code]").fill(shown)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url("**/admin/")
