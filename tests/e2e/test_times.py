"""Looking for a time: by month and day, with JavaScript and without, by keys alone, in a frame."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.e2e.eyes import PHONE

pytestmark = pytest.mark.e2e

TIMES = "/c/tom-ashworth/consultation/?zone=Europe/London"
STAYED = "window.stayed === true"


def next_month():
    return f"{datetime.now(UTC).replace(day=1) + timedelta(days=31):%Y-%m}"


def month(person):
    return person.page.locator("#month-name")


def day_name(person):
    return person.page.locator("#day-name")


def another_day(person):
    return person.page.locator("a.month-day:not([aria-current])").first


def test_the_month_turns_in_place(arrive):
    ida = arrive()
    ida.opens(TIMES)
    ida.page.evaluate("window.stayed = true")
    first, first_day = month(ida).inner_text(), day_name(ida).inner_text()
    ida.page.get_by_role("link", name="Later:").click()
    expect(month(ida)).not_to_have_text(first)
    second, second_day = month(ida).inner_text(), day_name(ida).inner_text()
    assert re.search(r"\?month=\d{4}-\d\d&zone=Europe%2FLondon$", ida.page.url)
    expect(ida.page.locator("#month-later")).to_be_focused()
    expect(ida.page.locator("#times-said")).to_contain_text(second)

    day = another_day(ida)
    name = day.get_attribute("id")
    day.click()
    expect(ida.page.locator(f"#{name}")).to_have_attribute("aria-current", "true")
    expect(ida.page.locator(f"#{name}")).to_be_focused()
    expect(day_name(ida)).not_to_have_text(second_day)
    expect(day_name(ida)).to_be_in_viewport()
    assert f"?day={name.removeprefix('day-')}" in ida.page.url

    ida.page.go_back()
    expect(day_name(ida)).to_have_text(second_day)
    ida.page.go_back()
    expect(month(ida)).to_have_text(first)
    expect(day_name(ida)).to_have_text(first_day)
    ida.page.go_forward()
    expect(month(ida)).to_have_text(second)
    assert ida.page.evaluate(STAYED)
    ida.page.locator("a.slot").first.click()
    ida.page.wait_for_url(re.compile(r"/\d{8}T\d{4}Z/"))
    ida.page.go_back()
    expect(month(ida)).to_have_text(second)


def test_the_last_month_keeps_whoever_came_by_key_where_they_are(arrive):
    ole = arrive()
    ole.opens(TIMES)
    later = ole.page.locator("#month-later")
    for _month in range(6):
        if later.get_attribute("aria-disabled"):
            break
        before = month(ole).inner_text()
        later.press("Enter")
        expect(month(ole)).not_to_have_text(before)
    expect(later).to_have_attribute("aria-disabled", "true")
    expect(later).to_be_focused()
    ole.look("times-last-month")


def test_it_works_without_javascript(arrive):
    nia = arrive(java_script_enabled=False)
    nia.opens(TIMES)
    first = month(nia).inner_text()
    nia.page.get_by_role("link", name="Later:").click()
    expect(month(nia)).not_to_have_text(first)
    shown = day_name(nia).inner_text()
    another_day(nia).click()
    expect(day_name(nia)).not_to_have_text(shown)
    expect(day_name(nia)).to_be_in_viewport()
    nia.page.get_by_label("Times are shown for").select_option("Asia/Tokyo")
    nia.tap("Change")
    nia.see("UTC+09:00")
    assert "day=" in nia.page.url
    nia.page.go_back()
    nia.page.locator("a.slot").first.click()
    nia.page.wait_for_url(re.compile(r"/\d{8}T\d{4}Z/"))


@pytest.mark.parametrize("scripts", [True, False], ids=["with", "without"])
def test_it_is_done_by_keys_alone(arrive, scripts):
    """To the month's second free day and its first time, seeing at each step where one is."""
    kay = arrive(java_script_enabled=scripts)
    # Of this month there may be a single free day left.
    kay.opens(f"{TIMES}&month={next_month()}")
    shown = day_name(kay).inner_text()
    tab_to(kay, another_day(kay))
    kay.page.keyboard.press("Enter")
    expect(day_name(kay)).not_to_have_text(shown)
    tab_to(kay, kay.page.locator("a.slot").first)
    kay.page.keyboard.press("Enter")
    kay.page.wait_for_url(re.compile(r"/\d{8}T\d{4}Z/"))


def tab_to(person, thing):
    goal = thing.get_attribute("href")
    for _key in range(60):
        person.page.keyboard.press("Tab")
        focused = person.page.locator(":focus")
        if focused.get_attribute("href") == goal:
            assert focused.evaluate("(it) => getComputedStyle(it).outlineStyle") == "solid"
            return
    raise AssertionError(f"no way by Tab to {goal}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_fit_to_be_seen(arrive, scheme):
    eve = arrive(color_scheme=scheme)
    for name, address in {
        "times": TIMES,
        # Booking takes a day's notice.
        "times-full-day": f"{TIMES}&day={datetime.now(UTC).date()}",
        "times-zone-unknown": "/c/tom-ashworth/consultation/?zone=Mars/Phobos",
        "counsellor": "/c/maya-iyer/?zone=Europe/London",
        "embed": "/c/maya-iyer/embed/",
        "embed-service": "/c/maya-iyer/first-meeting/embed/",
    }.items():
        eve.opens(address)
        eve.look(f"{scheme}-{name}")


def test_the_desk_gives_the_frame_away(arrive):
    maya = arrive(viewport={"width": 1280, "height": 800})
    maya.sign_in_by_password("maya@example.org")
    maya.follow("Your page", exact=True)
    expect(maya.page.get_by_label("A frame")).to_have_value(re.compile("/c/maya-iyer/embed/"))
    maya.look("desk-your-page")


BLOG, OTHER = "https://blog.example.org", "https://other.example.org"
ALLOW = "from counsel.accounts.practice import Practice; Practice.objects.update_or_create("
ALLOW += f"id=1, defaults={{'frame_hosts': '{BLOG}'}})"


def test_a_site_of_the_practice_shows_it_and_no_other_does(counsel, browser):
    counsel.does(ALLOW)
    address = f"{counsel.address}/c/maya-iyer/embed/"
    # A browser asks before a page from elsewhere may speak to this machine.
    allow = "local-network-access"
    page = f"<iframe src='{address}' allow='{allow}' width='400' height='480'></iframe>"
    context = browser.new_context(viewport=PHONE)
    context.route("https://**", lambda route: route.fulfill(body=page, content_type="text/html"))
    for site in (OTHER, BLOG):
        context.grant_permissions([allow], origin=site)
    visitor = context.new_page()
    inside = visitor.frame_locator("iframe")
    refusals = []
    visitor.on("console", lambda message: refusals.append(message.text))
    visitor.goto(OTHER)
    expect(inside.get_by_role("heading", name="Find a time with")).to_have_count(0)
    assert any("frame-ancestors" in words for words in refusals)
    visitor.goto(BLOG)
    expect(inside.get_by_role("heading", name="Find a time with")).to_be_visible()
    assert context.cookies() == []
    inside.get_by_role("link", name="See all times").first.click()
    expect(visitor.get_by_role("heading", name="Choose a time")).to_be_visible()
    assert visitor.url.startswith(f"{counsel.address}/c/maya-iyer/")
    context.close()
