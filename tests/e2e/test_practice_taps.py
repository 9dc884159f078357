"""Practice at the speed of a hand: few taps, no page that turns too soon, no word that goes."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import expect

from tests.e2e.eyes import OUT, PHONE
from tests.e2e.stack import PASSWORD
from tests.e2e.steps import begin, is_saved, rate, write

pytestmark = pytest.mark.e2e

TOUCH = {"has_touch": True, "is_mobile": True}
# Longer than a page waits before it turns by itself.
A_WHILE = 4_000


class Finger:
    """Taps and counts, at the pace of somebody who reads."""

    def __init__(self, person, pause=0.0):
        self.page, self.pause, self.taps = person.page, pause, 0

    def on(self, thing):
        self.taps += 1
        self.page.wait_for_timeout(self.pause * 1000)
        thing.tap()

    def button(self, name):
        self.on(self.page.get_by_role("button", name=name, exact=True))

    def chip(self, word):
        self.on(self.page.locator("label.chip").filter(has_text=re.compile(f"^{word}$")))

    def point(self, legend, number):
        self.on(self.page.get_by_role("group", name=legend).locator("label").nth(number))


def somebody(counsel, arrive, name, *exercises, **device):
    person = arrive(**device)
    email = counsel.new_client(name, *exercises, sharing="shared")
    person.sign_in_by_password(email)
    return person


def at_the_label(counsel, arrive, name, **device):
    person = somebody(counsel, arrive, name, "pause-and-label", **device)
    begin(person, "Pause and Label")
    rate(person, "How strong is it right now?", 7)
    person.see_heading("Label")
    return person


def words(person, label="Your words"):
    return person.page.get_by_label(label)


def a_page_to_write_on(counsel, arrive, name, **device):
    person = somebody(counsel, arrive, name, **device)
    person.opens("/my/journal/")
    write(person)
    person.page.wait_for_load_state("networkidle")
    return person


def test_a_feeling_and_both_strengths_take_six_taps(counsel, arrive):
    ada = somebody(counsel, arrive, "Ada", "pause-and-label", **TOUCH)
    finger, began = Finger(ada, pause=2.0), time.monotonic()
    finger.on(ada.page.get_by_role("button", name="Begin"))
    finger.point("How strong is it right now?", 7)
    ada.see_heading("Label")
    finger.chip("shame")
    ada.see("Going on in a moment")
    ada.see_heading("Acknowledge")
    finger.button("Continue")
    ada.see_heading("Small share")
    finger.point("And now, how strong is it?", 4)
    finger.button("Save")
    ada.see_heading("That was it")
    ada.see("It was 7, now it is 4.")
    ada.look("practice-done-change")
    assert finger.taps <= 6
    assert time.monotonic() - began < 60
    kept = ada.page.evaluate(
        """async () => [localStorage.length, sessionStorage.length,
             (await indexedDB.databases()).length, (await caches.keys()).length]"""
    )
    assert kept == [0, 0, 0, 0]


def test_another_word_or_a_wish_to_stay_keeps_the_page(counsel, arrive):
    ben = at_the_label(counsel, arrive, "Benno", **TOUCH)
    finger = Finger(ben)
    finger.chip("shame")
    ben.see("Going on in a moment")
    ben.page.screenshot(path=OUT / "practice-label-turning.png")
    finger.chip("fear")
    ben.not_see("Going on in a moment")
    ben.page.wait_for_timeout(A_WHILE)
    ben.see("This is shame and a little fear.")
    ben.page.reload()
    finger.chip("shame")
    finger.chip("fear")
    is_saved(ben)
    ben.page.reload()
    finger.chip("joy")
    finger.button("Stay here")
    ben.page.wait_for_timeout(A_WHILE)
    ben.see_heading("Label")


def test_no_key_and_no_press_of_a_screen_reader_turns_a_page(counsel, arrive):
    cyd = somebody(counsel, arrive, "Cyd", "pause-and-label", **TOUCH)
    begin(cyd, "Pause and Label")
    page = cyd.page
    page.get_by_role("radio", name="7").evaluate("(radio) => { radio.focus(); radio.click(); }")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    page.wait_for_timeout(A_WHILE)
    cyd.see_heading("Pause")
    cyd.tap("Continue")
    cyd.see_heading("Label")
    page.get_by_role("checkbox", name="shame", exact=True).evaluate("(box) => box.click()")
    page.get_by_role("checkbox", name="shame", exact=True).focus()
    page.keyboard.press("Space")
    page.keyboard.press("Space")
    page.wait_for_timeout(A_WHILE)
    cyd.see_heading("Label")


def test_a_choice_is_taken_back_where_it_was_made(counsel, arrive):
    dot = somebody(counsel, arrive, "Dot", "pause-and-label")
    begin(dot, "Pause and Label")
    rate(dot, "How strong is it right now?", 7)
    dot.see_heading("Label")
    dot.tap("Back")
    seven = dot.page.get_by_role("radio", name="7")
    expect(seven).to_be_checked()
    dot.look("practice-clear")
    dot.tap("Clear")
    expect(seven).not_to_be_checked()
    expect(seven).to_be_focused()
    is_saved(dot)
    dot.page.reload()
    expect(dot.page.get_by_role("radio", name="7")).not_to_be_checked()


def test_it_can_be_written_down_the_next_day(counsel, arrive):
    eli = a_page_to_write_on(counsel, arrive, "Eli")
    eli.type("Your words", "On the stairs, yesterday.")
    eli.page.get_by_text("When was it?").first.click()
    eli.choose("Yesterday")
    eli.page.get_by_label("About what time?").fill("21:40")
    eli.look("practice-when")
    eli.tap("Save", exact=True)
    eli.see("It stands under")
    eli.look("practice-done-earlier")


def test_the_smaller_one_is_a_tap_away(counsel, arrive):
    fay = somebody(counsel, arrive, "Fay", "pause-and-label")
    fay.page.get_by_text("Why this, and something smaller").click()
    fay.look("home-smaller")
    fay.follow("More about it")
    fay.look("practice-about-smaller")
    fay.tap("Do the smaller one")
    fay.look("practice-smaller")
    while "/finish/" not in fay.page.url:
        last = fay.page.get_by_role("button", name="Save", exact=True)
        fay.tap_on(last if last.count() else fay.page.get_by_role("button", name="Continue"))
        fay.page.wait_for_load_state()
    fay.see("Small is enough.")


def test_why_not_is_two_taps(counsel, arrive):
    gil = somebody(counsel, arrive, "Gil", "pause-and-label")
    gil.follow("I couldn't, because… Pause and Label")
    gil.choose("it felt like too much")
    gil.choose("Offer me something smaller")
    gil.look("could-not-reasons")
    gil.tap("Save", exact=True)
    gil.see("Stopping when it is too much is looking after yourself.")
    gil.look("could-not-warm")
    gil.tap("Do the smaller one now")
    expect(gil.page).to_have_url(re.compile(r"/my/entries/[\w-]+/1/"))


def test_what_was_written_can_be_changed(counsel, arrive):
    hal = a_page_to_write_on(counsel, arrive, "Hugo")
    hal.type("Your words", "The first words.")
    hal.tap("Save", exact=True)
    hal.follow("Look at it, or change that")
    hal.opens(hal.page.url + "correct/")
    hal.look("correct")
    hal.tap("Change what I wrote")
    expect(words(hal)).to_have_value("The first words.")
    hal.look("correct-step")
    hal.type("Your words", "Other words.")
    hal.tap("Save the change")
    hal.see_heading("It's changed")
    hal.look("correct-done")


def test_words_wait_on_their_page_until_one_has_signed_in_again(counsel, arrive):
    ilse = a_page_to_write_on(counsel, arrive, "Isa")
    ilse.context.clear_cookies(name="sessionid")
    ilse.type("Your words", "Half a sentence when it ran out")
    ilse.see("You have been signed out.")
    # The browser told of the refusal, too.
    ilse.watch.complaints.clear()
    ilse.look("practice-signed-out")
    with ilse.context.expect_page() as opened:
        ilse.follow("Sign in again in a new tab")
    tab = opened.value
    tab.get_by_text("Sign in with a password").click()
    tab.locator("details[open] input[name=login]").fill("isa@example.org")
    tab.locator("details[open] input[name=password]").fill(PASSWORD)
    tab.get_by_role("button", name="Sign in with the password").click()
    tab.wait_for_url("**/my/")
    ilse.page.bring_to_front()
    is_saved(ilse)
    ilse.watch.complaints.clear()
    ilse.tap("Save", exact=True)
    ilse.see_heading("It's kept")


def test_without_a_script_words_are_sent_again_after_signing_in(counsel, arrive):
    jon = a_page_to_write_on(counsel, arrive, "Jon", java_script_enabled=False)
    words(jon).fill("Written before the sign-in ran out.")
    jon.context.clear_cookies(name="sessionid")
    jon.tap("Save", exact=True)
    jon.see_heading("You have been signed out")
    with jon.context.expect_page() as opened:
        jon.follow("Sign in again in a new tab")
    tab = opened.value
    tab.get_by_text("Sign in with a password").click()
    tab.locator("details[open] input[name=login]").fill("jon@example.org")
    tab.locator("details[open] input[name=password]").fill(PASSWORD)
    tab.get_by_role("button", name="Sign in with the password").click()
    tab.wait_for_url("**/my/")
    jon.tap("Send it again")
    jon.see_heading("Once more, please")
    jon.tap("Send it again")
    jon.see_heading("It's kept")
    jon.opens("/my/entries/")
    jon.page.locator(".list-rows a").first.click()
    jon.see("Written before the sign-in ran out.")


def test_without_a_connection_no_page_is_left(counsel, arrive):
    ylva = at_the_label(counsel, arrive, "Ylva")
    ylva.choose("shame")
    is_saved(ylva)
    ylva.context.set_offline(True)
    ylva.tap("Continue")
    ylva.see("No connection just now.")
    ylva.context.set_offline(False)
    ylva.page.wait_for_timeout(500)
    ylva.tap("Continue")
    ylva.see_heading("Acknowledge")
    ylva.watch.complaints.clear()


def test_two_devices_lose_no_word_to_each_other(counsel, arrive):
    phone = a_page_to_write_on(counsel, arrive, "Lux")
    laptop = arrive(viewport={"width": 1280, "height": 800})
    laptop.sign_in_by_password("lux@example.org")
    laptop.opens(phone.page.url)
    laptop.page.wait_for_load_state("networkidle")
    laptop.type("Your words", "From the laptop.")
    is_saved(laptop)
    phone.type("Your words", "From the phone.")
    phone.see("You wrote here on another device too.")
    expect(words(phone)).to_have_value("From the phone.\n\nFrom the laptop.")
    phone.look("practice-both")
    phone.page.reload()
    expect(words(phone)).to_have_value("From the phone.\n\nFrom the laptop.")


def test_the_way_back_shows_what_was_kept_last(counsel, arrive):
    may = a_page_to_write_on(counsel, arrive, "May", viewport=PHONE)
    may.type("Your words", "The older words.")
    is_saved(may)
    address = may.page.url
    may.opens("/my/")
    elsewhere = may.context.new_page()
    elsewhere.goto(address)
    elsewhere.wait_for_load_state("networkidle")
    elsewhere.get_by_label("Your words").fill("The newer words.")
    expect(elsewhere.locator("[data-saved-note]")).to_have_text("Saved")
    may.page.go_back()
    expect(words(may)).to_have_value("The newer words.")
