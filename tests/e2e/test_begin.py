"""Journey "Begin": somebody finds the counsellor's page, books, and gets a page of their own."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.stack import link_in, words_of
from tests.e2e.steps import (
    choose_a_service,
    choose_a_time,
    confirm_by_mail,
    give_details,
    past_undoing,
    reach,
    tap_the_mailed_link,
)

pytestmark = pytest.mark.e2e


def test_it_takes_six_taps_at_most_to_book(arrive):
    noor = arrive()
    noor.opens("/c/maya-iyer/")
    choose_a_service(noor, "First meeting")
    choose_a_time(noor)
    give_details(noor, "Noor", "noor@example.org")
    noor.look("booking-asked-for-address")
    tap_the_mailed_link(noor, "noor@example.org")
    noor.look("booking-held")
    noor.tap("Book it")
    noor.see_heading("Your appointment is on")
    assert noor.taps <= 6


def test_it_books_by_the_keyboard_alone(arrive):
    """From the times on: a time, the form, the mail's page."""
    aiko = arrive(viewport={"width": 1280, "height": 800})
    aiko.opens("/c/maya-iyer/first-meeting/")
    aiko.page.locator("a.slot").first.focus()
    aiko.page.keyboard.press("Enter")
    aiko.page.wait_for_url("**/first-meeting/*Z/**")
    for label, words in (
        ("What should we call you?", "Aiko"),
        ("Your e-mail address", "aiko@example.org"),
        ("I have read this and agree", " "),
    ):
        reach(aiko, label)
        aiko.page.keyboard.type(words)
    reach(aiko, "Go on")
    aiko.page.keyboard.press("Enter")
    aiko.see_heading("Look in your mail")
    tap_the_mailed_link(aiko, "aiko@example.org")
    reach(aiko, "Book it")
    aiko.page.keyboard.press("Enter")
    aiko.see_heading("Your appointment is on")


def test_it_books_without_javascript(arrive):
    remy = arrive(java_script_enabled=False)
    remy.opens("/c/maya-iyer/")
    choose_a_service(remy, "First meeting")
    choose_a_time(remy)
    give_details(remy, "Remy", "remy@example.org")
    confirm_by_mail(remy, "remy@example.org")


def test_it_gives_a_time_back_and_says_when_it_is_gone(counsel, arrive):
    cleo = arrive()
    cleo.opens("/c/maya-iyer/first-meeting/")
    choose_a_time(cleo)
    give_details(cleo, "Cleo", "cleo@example.org")
    tap_the_mailed_link(cleo, "cleo@example.org")
    cleo.tap("Give the time back")
    cleo.see_heading("This time was given back")
    cleo.look("booking-given-back")

    cleo.follow("See all times")
    choose_a_time(cleo)
    give_details(cleo, "Cleo", "cleo.again@example.org")
    counsel.mail_to("cleo.again@example.org", "Please confirm your time")
    counsel.does("""
from django.utils import timezone
from sessions.models import Hold
hold = Hold.objects.get(email="cleo.again@example.org")
now = timezone.now()
Hold.objects.filter(pk=hold.pk).update(state="expired", expires_at=now, closed_at=now)
""")
    tap_the_mailed_link(cleo, "cleo.again@example.org")
    cleo.see("nobody has taken it yet")
    cleo.look("booking-held-no-more")
    counsel.does("""
from sessions.models import Hold
hold = Hold.objects.get(email="cleo.again@example.org")
hold.pk, hold.state, hold.idempotency_key = None, "open", None
hold.email = "faster@example.org"
hold.expires_at = hold.starts_at
from counsel.common.models import BaseModel
hold.id = BaseModel._meta.get_field("id").get_default()
hold.save(force_insert=True)
""")
    cleo.tap("Book it")
    cleo.see_heading("just been taken")
    cleo.look("booking-held-taken")
    cleo.tap_on(cleo.page.locator(".near-choice").first)
    cleo.see_heading("Your appointment is on")


def test_a_client_who_is_signed_in_books_at_once(counsel, arrive):
    dara = arrive()
    email = counsel.new_client("Dara")
    dara.sign_in_by_password(email)
    dara.opens("/c/maya-iyer/consultation/")
    choose_a_time(dara)
    dara.look("booking-details-signed-in")
    dara.choose("I have read this and agree")
    dara.tap("Book it")
    dara.see_heading("Your appointment is on")


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
    mia.tap("Go on")
    error = mia.page.locator("#id_agree_error")
    expect(error).to_contain_text("tick the box")
    mia.look("booking-details-forgotten")
    expect(mia.page.get_by_label("What should we call you?")).to_have_value("Mia 🌿 مها")
    mia.choose("I have read this and agree")
    mia.tap("Go on")
    mia.see_heading("Look in your mail")


def test_it_leads_from_booking_to_a_page_of_ones_own(counsel, arrive):
    lena = arrive(timezone_id="Europe/Berlin")
    lena.opens("/c/maya-iyer/consultation/")
    choose_a_time(lena)
    give_details(lena, "Lena", "lena@example.org")
    confirm_by_mail(lena, "lena@example.org")
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


SERVICE_WITH_QUESTIONS = """
from counsel.accounts.models import Counsellor
from sessions.models import IntakeQuestion, Service
service = Service.objects.create(
    counsellor=Counsellor.objects.get(slug="tom-ashworth"), name="Walk", slug="walk", length=30
)
for position, (kind, label, choices) in enumerate([
    ("short", "How did you hear of us?", ""),
    ("long", "What is on your mind?", ""),
    ("yes_no", "Have you been here before?", ""),
    ("choice", "Where do we meet?", "At the gate\\nBy the lake"),
]):
    IntakeQuestion.objects.create(
        service=service, position=position, kind=kind, label=label, choices=choices,
        required=kind != "short",
    )
"""


def test_it_asks_what_a_service_asks_and_keeps_the_answers(counsel, arrive):
    counsel.does(SERVICE_WITH_QUESTIONS)
    wren = arrive()
    wren.opens("/c/tom-ashworth/walk/")
    choose_a_time(wren)
    wren.tap("Go on")
    wren.look("booking-questions-forgotten")
    wren.type("What is on your mind?", "Evenings 🌿")
    wren.choose("Yes")
    wren.choose("By the lake")
    give_details(wren, "Wren", "wren@example.org")
    confirm_by_mail(wren, "wren@example.org")
    told = counsel.does("""
from sessions.models import Consultation
booked = Consultation.objects.get(client__email="wren@example.org")
print([answer["answer"] for answer in booked.intake])
""")
    assert told == "['Evenings 🌿', 'Yes', 'By the lake']"


def test_it_asks_where_the_counsellor_decides(counsel, arrive):
    bela = arrive()
    bela.opens("/c/tom-ashworth/")
    choose_a_service(bela, "First meeting")
    choose_a_time(bela)
    give_details(bela, "Bela", "bela@example.org")
    tap_the_mailed_link(bela, "bela@example.org")
    bela.tap("Ask for it")
    bela.see_heading("You asked for")
    bela.look("booking-asked")
    counsel.mail_to("bela@example.org", "We have your request")
    counsel.mail_to("tom@example.org", "Something new in your calendar")

    tom = arrive(viewport={"width": 1280, "height": 800})
    tom.sign_in_by_password("tom@example.org")
    tom.tap_on(tom.page.locator("a[data-counts=requests]"))
    waiting = tom.page.get_by_role("row").filter(has_text="Bela")
    tom.tap_on(waiting.get_by_role("link").first)
    tom.look("desk-request")
    tom.tap("Confirm")
    tom.see("Confirmed. The client hears of it in three minutes")
    counsel.lets_grace_pass()
    counsel.mail_to("bela@example.org", "Your appointment is confirmed")


def test_it_cancels_by_a_click_and_not_by_opening_the_mail(counsel, arrive):
    omar = arrive()
    omar.opens("/c/maya-iyer/consultation/")
    omar.page.locator("a.slot").last.click()
    give_details(omar, "Omar", "omar@example.org")
    confirm_by_mail(omar, "omar@example.org")
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
    past_undoing(counsel)
    counsel.lets_grace_pass()
    cancelled = counsel.mail_to("omar@example.org", "Your appointment is cancelled")
    (file,) = cancelled.iter_attachments()
    assert "METHOD:CANCEL" in file.get_content()
