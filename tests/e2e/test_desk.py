"""The desk's first page: how somebody new finds their way in, and how it is used by keys."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.stack import PASSWORD

pytestmark = pytest.mark.e2e
DESKTOP = {"width": 1280, "height": 800}

NEW = f"""
from counsel.accounts.models import Counsellor
from counsel.accounts.services import user_create
user = user_create(
    email="nadia@example.org", name="Nadia", password={PASSWORD!r}, time_zone="Europe/London"
)
user.is_staff = True
user.save()
Counsellor.objects.create(
    user=user, slug="nadia", display_name="Nadia", time_zone="Europe/London"
)
"""
OPEN = """
from datetime import time
from counsel.accounts.models import Counsellor
from sessions.models import AvailabilityRule, Service
nadia = Counsellor.objects.get(slug="nadia")
Service.objects.create(counsellor=nadia, name="Consultation", slug="consultation")
AvailabilityRule.objects.create(counsellor=nadia, weekday=0, starts=time(9), ends=time(12))
"""


def test_somebody_new_is_led_step_by_step(counsel, arrive):
    counsel.does(NEW)
    nadia = arrive(viewport=DESKTOP)
    nadia.sign_in_by_password("nadia@example.org")
    steps = nadia.page.get_by_role("region", name="First steps")
    following = steps.locator("[aria-current=step]")
    # Nobody comes this far without a second lock.
    expect(steps.locator(".is-done")).to_have_count(1)
    expect(steps.locator(".is-done")).to_contain_text("Lock your sign-in twice")
    nadia.look("desk-first-steps")

    counsel.does(OPEN)
    nadia.opens("/admin/")
    expect(steps.locator(".is-done")).to_have_count(3)
    nadia.tap_on(following.get_by_role("link", name="Write your public page"))
    nadia.page.locator("#id_headline").fill("We go slowly")
    nadia.page.locator("#id_about").fill("Nothing has to be said before it is ready.")
    nadia.tap("Save", exact=True)

    nadia.opens("/admin/")
    nadia.tap_on(following.get_by_role("link", name="Add your first client"))
    nadia.page.locator("#id_name").fill("Ines")
    nadia.page.locator("#id_email").fill("ines@example.org")
    nadia.tap("Save", exact=True)

    nadia.opens("/admin/")
    expect(steps.locator(".is-done")).to_have_count(5)
    nadia.look("desk-last-step")
    nadia.tap_on(following.get_by_role("link", name="Give a first exercise"))
    expect(nadia.page).to_have_url(re.compile(r"/client/[0-9a-f-]+/assign/$"))


def test_its_first_screen_holds_the_day_and_what_needs_somebody(arrive):
    maya = arrive(viewport=DESKTOP)
    maya.sign_in_by_password("maya@example.org")
    for heading in ("Today", "What needs you"):
        box = maya.page.get_by_role("region", name=heading).bounding_box()
        assert box and box["y"] + box["height"] < DESKTOP["height"]


def test_on_a_phone_it_reads_from_today_to_the_caseload(arrive):
    maya = arrive()
    maya.sign_in_by_password("maya@example.org")
    headings = ["Today", "What needs you", "The week ahead", "Your caseload"]
    tops = [
        maya.page.get_by_role("heading", name=name, exact=True).bounding_box()["y"]
        for name in headings
    ]
    assert tops == sorted(tops)


def test_keys_alone_find_the_content_and_put_the_side_list_away(arrive):
    maya = arrive(viewport=DESKTOP)
    maya.sign_in_by_password("maya@example.org")
    maya.opens("/admin/")
    maya.page.keyboard.press("Tab")
    focused = maya.page.locator(":focus")
    expect(focused).to_have_text("Skip to main content")
    maya.page.keyboard.press("Enter")
    maya.page.keyboard.press("Tab")
    expect(focused).to_have_text("Calendar")
    assert focused.evaluate("(it) => getComputedStyle(it).outlineStyle") == "solid"

    side = maya.page.locator("#nav-sidebar")
    find = side.get_by_role("searchbox")
    find.fill("hours")
    expect(side.get_by_role("link")).to_have_text(["Your hours"])
    find.fill("")
    before = maya.page.locator("#content").bounding_box()["width"]
    maya.page.get_by_role("button", name="Toggle navigation").press("Enter")
    expect(side).not_to_be_visible()
    assert maya.page.locator("#content").bounding_box()["width"] > before
    maya.page.get_by_role("button", name="Toggle navigation").press("Enter")
    expect(side).to_be_visible()
