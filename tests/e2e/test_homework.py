"""Homework at a human's pace on a slow line, taken back and shared again, and by keys alone."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import expect

from tests.e2e.eyes import DESKTOP, PHONE
from tests.e2e.stack import PASSWORD
from tests.e2e.steps import begin, first_of_brief, go_on, part_of_brief, rate, reach

pytestmark = pytest.mark.e2e

# How fast somebody is who knows the exercise a little.
THINKS, TAPS, PER_LETTER = 1.2, 0.7, 0.25
# The circle on the first page. Nobody has to wait for it; who does shall have the time.
BREATH = 20
A_MINUTE = 60
# The country, or a train: 400 ms to the server and back, 400 kbit a second.
LATENCY = 0.4
SLOW = {
    "offline": False,
    "latency": LATENCY * 1000,
    "downloadThroughput": 400_000 / 8,
    "uploadThroughput": 400_000 / 8,
}


class Hand:
    """Looks at each screen, taps, writes, and knows how long that took by itself."""

    def __init__(self, page):
        self.page, self.taps, self.seconds = page, 0, 0.0

    def reads(self, heading):
        self.page.get_by_role("heading", name=heading, exact=True).wait_for()
        self._for(THINKS)

    def on(self, thing):
        self.taps += 1
        self._for(TAPS)
        thing.tap()

    def writes(self, field, words):
        self._for(TAPS + PER_LETTER * len(words))
        field.fill(words)

    def _for(self, seconds):
        self.seconds += seconds
        self.page.wait_for_timeout(seconds * 1000)


def at_the_desk(arrive, client):
    maya = arrive(viewport=DESKTOP)
    maya.sign_in_by_password("maya@example.org")
    maya.opens("/admin/clients/client/")
    maya.follow(client)
    return maya


def test_pause_and_label_takes_less_than_a_minute_on_a_slow_line(counsel, arrive):
    suki = arrive(has_touch=True, is_mobile=True)
    suki.sign_in_by_password(counsel.new_client("Suki", "pause-and-label", sharing="shared"))
    page = suki.page
    suki.context.new_cdp_session(page).send("Network.emulateNetworkConditions", SLOW)
    hand, began = Hand(page), time.monotonic()
    suki.opens("/my/")
    hand.reads("Pause and Label")
    hand.on(page.get_by_role("button", name="Begin"))
    hand.reads("Pause")
    hand.on(page.get_by_role("group", name="How strong is it right now?").locator("label").nth(7))
    hand.reads("Label")
    hand.on(page.locator("label.chip", has_text=re.compile(r"^\s*shame\s*$")))
    hand.reads("Acknowledge")
    hand.on(page.get_by_role("button", name="Continue"))
    hand.reads("Small share")
    hand.writes(page.get_by_label("The words, if you want to keep them"), "I feel shy.")
    hand.on(page.get_by_role("group", name="And now, how strong is it?").locator("label").nth(4))
    hand.on(page.get_by_role("button", name="Save"))
    suki.see_heading("That was it")
    took = time.monotonic() - began
    suki.see("Your counsellor will see this.")
    print(f"\nscripted {hand.seconds:.1f} s, {hand.taps} taps, in all {took:.1f} s")  # noqa: T201
    assert hand.taps <= 6
    assert took - hand.seconds > 5 * LATENCY, "the line was not slow"
    assert hand.seconds + BREATH < A_MINUTE
    assert took + BREATH < A_MINUTE


def share_a_small_thing(person, words):
    begin(person, "Pause and Label")
    rate(person, "How strong is it right now?", 8)
    person.see_heading("Label")
    person.choose("shame")
    go_on(person)
    person.tap("Continue")
    person.type("The words, if you want to keep them", words)
    person.choose("Me and my counsellor")
    person.tap("Save")
    person.follow("Look at it, or change that")


def let(person, whom):
    person.choose(whom)
    person.tap("Change who sees it")


def stands_in(maya, places, key):
    """On how many of these pages a link leads to the entry with that key."""
    found = 0
    for place in places:
        maya.opens(place)
        found += bool(maya.page.locator(f"main a[href*='{key}']").count())
    return found


def test_what_is_taken_back_is_gone_from_the_desk_at_once_and_comes_again(counsel, arrive):
    words = "I went quiet when you asked."
    tove = arrive()
    tove.sign_in_by_password(counsel.new_client("Tove", "pause-and-label"))
    share_a_small_thing(tove, words)
    maya = at_the_desk(arrive, "Tove")
    brief = maya.page.url
    expect(first_of_brief(maya)).to_contain_text("1 unread")
    maya.page.locator(".sheet-given a").click()
    places = [brief, "/admin/exercises/entry/", maya.page.url]
    maya.opens(brief)
    maya.page.locator(".sheet-quote a").click()
    maya.see(words)
    entry = maya.page.url
    key = entry.rstrip("/").split("/")[-1]
    assert stands_in(maya, places, key) == len(places)
    maya.opens(entry)

    let(tove, "Only me")
    tove.see("Only you see this now.")
    maya.page.reload()
    maya.see_heading("There is nothing at this address")
    assert stands_in(maya, places, key) == 0
    maya.opens(brief)
    maya.not_see(words)
    # Private, it still counts as a day, and that is all.
    expect(part_of_brief(maya, "Practised")).to_contain_text("1 of 1")
    maya.look("desk-brief-taken-back")

    let(tove, "Me and my counsellor")
    tove.look("entry-shared-again")
    assert stands_in(maya, places, key) == len(places)
    maya.opens(entry)
    maya.see(words)


def press(person, name, key="Enter"):
    reach(person, name)
    person.page.keyboard.press(key)


def test_an_exercise_is_given_and_done_with_the_keys_alone(counsel, arrive):
    email = counsel.new_client("Ulla")
    maya = at_the_desk(arrive, "Ulla")
    press(maya, "Assign an exercise")
    maya.see_heading("Assign an exercise")
    press(maya, "Choose Pause and Label")
    maya.see_heading("Pause and Label")
    reach(maya, "Why this, why now")
    maya.page.keyboard.press("Control+a")
    maya.page.keyboard.type("For the stairs.")
    reach(maya, "Rhythm")
    maya.page.keyboard.type("some days")
    reach(maya, "Days a week")
    maya.page.keyboard.type("3")
    expect(maya.page.locator(".assign-asked")).to_contain_text("3")
    press(maya, "Assign")
    maya.see("is on the client's list now")

    ulla = arrive(viewport=PHONE)
    ulla.opens("/accounts/login/")
    press(ulla, "Sign in with a password")
    reach(ulla, "E-mail")
    ulla.page.keyboard.type(email)
    reach(ulla, "Password")
    ulla.page.keyboard.type(PASSWORD)
    ulla.page.keyboard.press("Enter")
    ulla.page.wait_for_url("**/my/")
    practise_by_keys(ulla)
    ulla.see("Your counsellor will see this.")


def practise_by_keys(ulla):
    keys = ulla.page.keyboard
    press(ulla, "Begin")
    ulla.see_heading("Pause")
    press(ulla, "hardly there", "ArrowRight")
    press(ulla, "Continue")
    ulla.see_heading("Label")
    press(ulla, "shame", "Space")
    press(ulla, "Back")
    ulla.see_heading("Pause")
    expect(ulla.page.get_by_role("radio", name="1", exact=True)).to_be_checked()
    press(ulla, "Continue")
    ulla.see("This is shame.")
    press(ulla, "Continue")
    ulla.see_heading("Acknowledge")
    reach(ulla, "A line to yourself")
    keys.type("It is all right.")
    press(ulla, "Continue")
    ulla.see_heading("Small share")
    press(ulla, "Only me", "ArrowRight")
    press(ulla, "Save")
    ulla.see_heading("That was it")
