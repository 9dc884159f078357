"""What several journeys do on the same pages."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.e2e.person import Person


def choose_a_service(person: Person, name: str) -> None:
    page = person.page
    offer = page.get_by_role("article").filter(has=page.get_by_role("heading", name=name))
    person.tap_on(offer.get_by_role("link"))


def choose_a_time(person: Person) -> None:
    person.tap_on(person.page.locator("a.slot").first)
    person.page.wait_for_url(re.compile(r"/c/[\w-]+/[\w-]+/\d{8}T\d{4}Z/"))


def begin(person: Person, title: str) -> None:
    person.opens("/my/")
    card = person.page.get_by_role("article").filter(
        has=person.page.get_by_role("heading", name=title)
    )
    person.tap_on(card.get_by_role("button", name="Begin"))


def rate(person: Person, legend: str, number: int) -> None:
    scale = person.page.get_by_role("group", name=legend)
    person.tap_on(scale.locator("label").nth(number))


def is_saved(person: Person) -> None:
    expect(person.page.locator("[data-saved-note]")).to_have_text("Saved")
