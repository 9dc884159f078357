"""What several journeys do on the same pages."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, expect

from tests.e2e.person import Person
from tests.e2e.stack import Counsel, link_in


def choose_a_service(person: Person, name: str) -> None:
    page = person.page
    offer = page.get_by_role("article").filter(has=page.get_by_role("heading", name=name))
    person.tap_on(offer.get_by_role("link", name="See all times"))


def choose_a_time(person: Person) -> None:
    person.tap_on(person.page.locator("a.slot").first)
    person.page.wait_for_url(re.compile(r"/c/[\w-]+/[\w-]+/\d{8}T\d{4}Z/"))


def give_details(person: Person, name: str, email: str) -> None:
    person.type("What should we call you?", name)
    person.type("Your e-mail address", email)
    person.choose("I have read this and agree")
    person.tap("Go on")
    person.see_heading("Look in your mail")


def tap_the_mailed_link(person: Person, email: str) -> None:
    mail = person.counsel.mail_to(email, "Please confirm your time")
    person.taps += 1
    person.opens(link_in(mail, "/held/"))


def confirm_by_mail(person: Person, email: str) -> None:
    tap_the_mailed_link(person, email)
    person.tap("Book it")
    person.see_heading("Your appointment is on")


def past_undoing(counsel: Counsel) -> None:
    """As if the minutes had passed in which a change may be undone and nobody is told."""
    counsel.does("""
from django.utils import timezone
from counsel.reminders.models import Reminder
from sessions.planning import GRACE
now = timezone.now()
Reminder.objects.filter(state="queued", due_at__lte=now + GRACE).update(due_at=now, try_at=now)
""")


def reach(person: Person, name: str) -> None:
    """Goes on by the Tab key to what bears that name."""
    for _step in range(120):
        person.page.keyboard.press("Tab")
        focused = person.page.locator(":focus")
        if focused.count() and name in person.page.evaluate(NAME_OF_FOCUSED):
            return
    raise AssertionError(f"the Tab key never reaches {name!r} on {person.page.url}")


NAME_OF_FOCUSED = """() => {
  const here = document.activeElement;
  const labels = [...(here.labels || [])].map((label) => label.innerText);
  return [here.innerText, here.getAttribute("aria-label"), ...labels].join(" ");
}"""


def begin(person: Person, title: str) -> None:
    person.opens("/my/")
    card = person.page.get_by_role("article").filter(
        has=person.page.get_by_role("heading", name=title)
    )
    person.tap_on(card.get_by_role("button", name="Begin"))


def go_on(person: Person) -> None:
    """To the next step. A second tap right after the first would meet the page being left."""
    here = person.page.url
    person.tap("Continue")
    person.page.wait_for_url(lambda url: url != here)


def write(person: Person, *, for_the_first_time: bool = True) -> None:
    """Opens a page of the journal; before the first one it is said that nobody watches."""
    person.tap("Write", exact=True)
    if for_the_first_time:
        person.see_heading("Nobody watches what you write")
        person.tap("I understand")


def rate(person: Person, legend: str, number: int) -> None:
    scale = person.page.get_by_role("group", name=legend)
    person.tap_on(scale.locator("label").nth(number))


def is_saved(person: Person) -> None:
    expect(person.page.locator("[data-saved-note]")).to_have_text("Saved")


def part_of_brief(person: Person, heading: str) -> Locator:
    """One box of the brief, by its heading."""
    page = person.page
    return page.locator(".sheet-part").filter(has=page.get_by_role("heading", name=heading))


def first_of_brief(person: Person) -> Locator:
    """What a brief begins with, where anything is risky, unread or wished for."""
    return person.page.locator(".sheet-first")
