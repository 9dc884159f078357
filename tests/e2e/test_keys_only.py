"""A counsellor without a mouse: each place is reached by keys, and one always sees where one is."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.eyes import DESKTOP
from tests.e2e.stack import PASSWORD
from tests.e2e.steps import NAME_OF_FOCUSED

pytestmark = pytest.mark.e2e

EMAIL = "kim@example.org"
CASELOAD = f"""
from datetime import timedelta
from django.utils import timezone
from counsel.accounts.services import user_create
from tests.factories import *
user = user_create(email={EMAIL!r}, name="Kim", password={PASSWORD!r}, time_zone="Europe/London")
user.is_staff = True
user.save()
kim = make_counsellor(user=user, slug="kim", display_name="Kim")
client = make_client(counsellor=kim, name="Kit")
service = make_service(counsellor=kim)
now = timezone.now()
for days in (21, 7):
    make_consultation(
        client=client, service=service, status="completed", starts_at=now - timedelta(days=days)
    )
assignment = make_assignment(
    client=client, rhythm="daily", starts_on=(now - timedelta(days=30)).date()
)
for days in (1, 2):
    make_entry(
        assignment=assignment, sharing="shared", happened_at=now - timedelta(days=days)
    )
"""
# Where the focus is: whether it is ringed, on the screen, and not under anything else.
HOW_IT_SHOWS = """() => {
  const here = document.activeElement, style = getComputedStyle(here);
  const box = here.getBoundingClientRect();
  const [x, y] = [box.x + box.width / 2, box.y + Math.min(box.height / 2, 20)];
  const top = document.elementFromPoint(x, y);
  return {
    ringed: style.outlineStyle === "solid" && parseFloat(style.outlineWidth) >= 3,
    on_screen: box.top >= -1 && box.left >= -1 && y < innerHeight && x < innerWidth,
    uncovered: !!top && (here.contains(top) || top.contains(here)),
    in_order: here.tabIndex <= 0,
  };
}"""


class Keys:
    def __init__(self, person) -> None:
        self.page = person.page

    def to(self, name: str) -> None:
        """On by the Tab key to what bears that name; each stop on the way is seen as well."""
        for _step in range(80):
            self.press("Tab")
            if name in self.page.evaluate(NAME_OF_FOCUSED):
                return
        raise AssertionError(f"the Tab key never reaches {name!r} on {self.page.url}")

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        if key == "Tab":
            shown = self.page.evaluate(HOW_IT_SHOWS)
            name = self.page.evaluate(NAME_OF_FOCUSED)
            assert all(shown.values()), (self.page.url, name, shown)

    def enter(self, name: str) -> None:
        self.to(name)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def past_the_lists(self) -> None:
        """To the content by the first link of a page; after a form one is there already."""
        self.press("Tab")
        if "Skip to main content" in self.page.evaluate(NAME_OF_FOCUSED):
            self.page.keyboard.press("Enter")
        else:
            self.page.keyboard.press("Shift+Tab")

    @property
    def focused(self):
        return self.page.locator(":focus")


@pytest.fixture
def kim(counsel, arrive):
    counsel.does(CASELOAD)
    kim = arrive(viewport=DESKTOP)
    kim.sign_in_by_password(EMAIL)
    return kim


def test_keys_alone_are_enough_for_a_counsellors_day(kim):
    keys = Keys(kim)
    to_the_brief(keys)
    menus_open_and_close(keys)
    an_entry_is_ticked_and_answered(keys)
    several_clients_are_changed_at_once(keys)
    a_note_is_written_and_signed(keys)


def to_the_brief(keys):
    keys.past_the_lists()
    keys.enter("Kit")
    expect(keys.page).to_have_url(re.compile(r"/admin/clients/client/[0-9a-f-]+/change/$"))


def menus_open_and_close(keys):
    page = keys.page
    keys.past_the_lists()
    keys.to("More")
    keys.press("Enter")
    keys.press("Tab")
    expect(keys.focused).to_have_text("Progress over time")
    keys.press("Escape")
    expect(keys.focused).to_have_text("More")
    expect(page.get_by_role("link", name="Progress over time")).not_to_be_visible()
    keys.press("Space")
    keys.to("Since the last")
    expect(page.get_by_role("link", name="Progress over time")).not_to_be_visible()

    keys.to("Between two")
    keys.press("Enter")
    keys.to("After the one on")
    keys.press("ArrowDown")
    keys.to("until the one on")
    keys.press("ArrowDown")
    keys.enter("Show")
    expect(page.get_by_text("Between the consultations of")).to_be_visible()
    keys.enter("Since the last")


def an_entry_is_ticked_and_answered(keys):
    page = keys.page
    shared = page.get_by_role("region", name="Shared in this time").get_by_role("listitem")
    keys.past_the_lists()
    keys.enter("Tick as talked about")
    expect(shared.filter(has_text="talked about").first).to_be_visible()
    keys.past_the_lists()
    keys.to("Reply")
    keys.press("Enter")
    keys.to("Your reply")
    page.keyboard.type("That was a brave evening.")
    keys.enter("Send the reply")
    expect(page.get_by_text("Between the consultations of")).not_to_be_visible()


def several_clients_are_changed_at_once(keys):
    page = keys.page
    keys.enter("Clients")
    keys.past_the_lists()
    keys.enter("Unread entries")
    keys.past_the_lists()
    keys.to("Action:")
    page.keyboard.type("Let practice rest")
    keys.to("Go")
    keys.to("Choose Kit")
    keys.press("Space")
    expect(page.get_by_text("1 of 1 selected")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Let practice rest")).to_be_visible()
    keys.enter("Leave it")


def a_note_is_written_and_signed(keys):
    page = keys.page
    keys.past_the_lists()
    keys.to("Choose Kit")
    keys.enter("Kit")
    keys.past_the_lists()
    keys.enter("Write the note")
    keys.past_the_lists()
    keys.enter("Free")
    keys.to("Note")
    page.keyboard.type("We looked at two evenings.")
    keys.to("Sign it")
    keys.press("Enter")
    keys.enter("Sign this note")
    expect(page.get_by_text("Signed by Kim")).to_be_visible()
