"""Journey "Begin": somebody finds the counsellor's page, books, and gets a page of their own."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.stack import link_in, words_of
from tests.e2e.steps import choose_a_service, choose_a_time

pytestmark = pytest.mark.e2e


def test_it_takes_six_taps_at_most_to_book(arrive):
    noor = arrive()
    noor.opens("/c/maya-iyer/")
    choose_a_service(noor, "First meeting")
    choose_a_time(noor)
    noor.type("What should we call you?", "Noor")
    noor.type("Your e-mail address", "noor@example.org")
    noor.choose("I have read this and agree")
    noor.tap("Book it")
    noor.see_heading("Your appointment is on")
    assert noor.taps <= 6


def test_it_speaks_the_visitors_time(arrive):
    kenji = arrive(timezone_id="Asia/Tokyo")
    kenji.opens("/c/maya-iyer/")
    zone = kenji.page.get_by_label("Times are shown for")
    expect(zone).to_have_value("Asia/Tokyo")
    kenji.see("UTC+09:00")
    kenji.look("booking-counsellor")
    choose_a_service(kenji, "First meeting")
    in_tokyo = kenji.page.locator("a.slot").first.inner_text()
    kenji.look("booking-times")
    zone.select_option("Europe/Lisbon")
    kenji.tap("Change")
    expect(zone).to_have_value("Europe/Lisbon")
    assert kenji.page.locator("a.slot").first.inner_text() != in_tokyo


def test_it_keeps_what_was_typed_when_the_consent_is_forgotten(arrive):
    mia = arrive()
    mia.opens("/c/maya-iyer/first-meeting/")
    choose_a_time(mia)
    mia.look("booking-details")
    mia.type("What should we call you?", "Mia 🌿 مها")
    mia.type("Your e-mail address", "mia@example.org")
    mia.tap("Book it")
    error = mia.page.locator("#id_agree_error")
    expect(error).to_contain_text("tick the box")
    mia.look("booking-details-forgotten")
    expect(mia.page.get_by_label("What should we call you?")).to_have_value("Mia 🌿 مها")
    mia.choose("I have read this and agree")
    mia.tap("Book it")
    mia.see_heading("Your appointment is on")


def test_it_leads_from_booking_to_a_page_of_ones_own(counsel, arrive):
    lena = arrive(timezone_id="Europe/Berlin")
    lena.opens("/c/maya-iyer/consultation/")
    choose_a_time(lena)
    lena.type("What should we call you?", "Lena")
    lena.type("Your e-mail address", "lena@example.org")
    lena.choose("I have read this and agree")
    lena.tap("Book it")
    lena.see_heading("Your appointment is on")
    when = lena.page.get_by_role("heading", level=1).inner_text()
    lena.look("booking-booked")

    confirmation = counsel.mail_to("lena@example.org", "Your appointment is confirmed")
    assert when.removeprefix("Your appointment is on ").rstrip(".") in words_of(confirmation)
    (file,) = confirmation.iter_attachments()
    assert "METHOD:PUBLISH" in file.get_content() or "METHOD:REQUEST" in file.get_content()

    lena.opens(link_in(counsel.mail_to("lena@example.org", "Your own page"), "/invitation/"))
    lena.look("invitation")
    lena.tap("Open my page")
    lena.see_heading("Welcome, Lena")
    lena.look("welcome")
    lena.follow("Go to my page")
    lena.see("Your next appointment")
    lena.look("home-new-client")


def test_it_asks_where_the_counsellor_decides(counsel, arrive):
    bela = arrive()
    bela.opens("/c/tom-ashworth/")
    choose_a_service(bela, "First meeting")
    choose_a_time(bela)
    bela.type("What should we call you?", "Bela")
    bela.type("Your e-mail address", "bela@example.org")
    bela.choose("I have read this and agree")
    bela.tap("Ask for it")
    bela.see_heading("You asked for")
    bela.look("booking-asked")
    counsel.mail_to("bela@example.org", "We have your request")
    counsel.mail_to("tom@example.org", "Something new in your calendar")

    tom = arrive(viewport={"width": 1280, "height": 800})
    tom.sign_in_by_password("tom@example.org")
    requests = tom.page.locator("section").filter(has_text="Requests to confirm")
    waiting = requests.get_by_role("listitem").filter(has_text="Bela")
    tom.tap_on(waiting.get_by_role("link", name="answer"))
    tom.look("desk-request")
    tom.tap("Confirm")
    tom.see("Confirmed. The client gets a message.")
    counsel.mail_to("bela@example.org", "Your appointment is confirmed")


def test_it_cancels_by_a_click_and_not_by_opening_the_mail(counsel, arrive):
    omar = arrive()
    omar.opens("/c/maya-iyer/consultation/")
    omar.page.locator("a.slot").last.click()
    omar.type("What should we call you?", "Omar")
    omar.type("Your e-mail address", "omar@example.org")
    omar.choose("I have read this and agree")
    omar.tap("Book it")
    link = link_in(counsel.mail_to("omar@example.org", "Your appointment is"), "/appointments/")

    scanner = arrive()
    for _ in range(2):
        scanner.opens(link)
        scanner.page.wait_for_load_state("networkidle")
    scanner.look("appointment")
    scanner.see("Confirmed")
    scanner.tap("Cancel this appointment")
    scanner.see_heading("This appointment is cancelled")
    scanner.look("appointment-cancelled")
    cancelled = counsel.mail_to("omar@example.org", "Your appointment is cancelled")
    (file,) = cancelled.iter_attachments()
    assert "METHOD:CANCEL" in file.get_content()
