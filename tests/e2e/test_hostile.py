"""Whatever is typed: it is taken as it is, or a message stands beside it and the words stay."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.steps import (
    begin,
    choose_a_time,
    confirm_by_mail,
    rate,
    tap_the_mailed_link,
    write,
)

pytestmark = pytest.mark.e2e

SCRIPT = '<script>alert(1)</script>"><img src=x onerror=alert(2)>{{7*7}}'
EMOJI = "👩‍👩‍👧 é é ﷽"
RIGHT_TO_LEFT = "مها \u202egnp.exe ‏שלום"
LONG = "a" * 100_000
NULL = "before\x00after"
# No page can carry a NUL: the browser shows this sign for it.
REPLACED = "\ufffd"


def put(field, text):
    """Like typing, but also what no keyboard can type, and at once."""
    field.evaluate(
        """(field, text) => {
          field.value = text;
          field.dispatchEvent(new Event("input", {bubbles: true}));
        }""",
        text,
    )


def put_zone(select, zone):
    """As somebody would who edits the page."""
    select.evaluate("(field, zone) => { field.selectedOptions[0].value = zone }", zone)


def refused(person, field):
    """There is a message beside that field, and the field says that it is wrong."""
    expect(person.page.locator(f"#id_{field}_error")).not_to_be_empty()
    expect(person.page.locator(f"#id_{field}")).to_have_attribute("aria-invalid", "true")


def open_a_time(person):
    person.opens("/c/tom-ashworth/consultation/")
    choose_a_time(person)
    person.choose("I have read this and agree")


def test_it_refuses_a_name_beside_the_field_and_keeps_it(arrive):
    visitor = arrive()
    open_a_time(visitor)
    for name in ("", LONG, NULL):
        put(visitor.page.get_by_label("What should we call you?"), name)
        visitor.type("Your e-mail address", "visitor@example.org")
        visitor.tap("Go on")
        refused(visitor, "name")
        email = visitor.page.get_by_label("Your e-mail address")
        expect(email).to_have_value("visitor@example.org")
        kept = visitor.page.get_by_label("What should we call you?").input_value()
        assert kept == name.replace("\x00", REPLACED)


def test_it_refuses_an_address_beside_the_field_and_keeps_it(arrive):
    visitor = arrive()
    open_a_time(visitor)
    visitor.type("What should we call you?", EMOJI)
    for address in ("nobody", "a@b", f"{LONG}@example.org", '"<script>"@'):
        put(visitor.page.get_by_label("Your e-mail address"), address)
        visitor.tap("Go on")
        refused(visitor, "email")
        assert visitor.page.get_by_label("Your e-mail address").input_value() == address
        expect(visitor.page.get_by_label("What should we call you?")).to_have_value(EMOJI)


def test_it_books_for_any_name_and_shows_it_as_it_is(arrive):
    tom = arrive(viewport={"width": 1280, "height": 800})
    tom.sign_in_by_password("tom@example.org")
    for kind, name in {"script": SCRIPT, "emoji": EMOJI, "rtl": RIGHT_TO_LEFT}.items():
        visitor = arrive()
        open_a_time(visitor)
        visitor.type("What should we call you?", name)
        visitor.type("Your e-mail address", f"{kind}@example.org")
        visitor.tap("Go on")
        visitor.see_heading("Look in your mail")
        confirm_by_mail(visitor, f"{kind}@example.org")
        tom.opens("/admin/clients/client/")
        tom.page.locator("bdi", has_text=name).first.click()
        expect(tom.page.locator("h1 bdi", has_text=name)).to_be_visible()


def test_it_books_once_for_a_double_click(counsel, arrive):
    visitor = arrive()
    open_a_time(visitor)
    visitor.type("What should we call you?", "Twice")
    visitor.type("Your e-mail address", "twice@example.org")
    visitor.page.get_by_role("button", name="Go on").dblclick()
    visitor.see_heading("Look in your mail")
    tap_the_mailed_link(visitor, "twice@example.org")
    visitor.page.get_by_role("button", name="Book it").dblclick()
    visitor.see_heading("Your appointment is on")
    count = "Consultation.objects.filter(client__email='twice@example.org').count()"
    assert counsel.does(f"from sessions.models import Consultation; print({count})") == "1"


def test_it_refuses_a_zone_that_does_not_exist(arrive):
    visitor = arrive()
    for zone in ("Mars/Phobos", "../../etc/passwd", LONG[:2000], NULL):
        visitor.opens("/c/tom-ashworth/consultation/?zone=Europe/London")
        put_zone(visitor.page.get_by_label("Times are shown for"), zone)
        visitor.tap("Change")
        visitor.see("Choose a time zone from the list.")
        expect(visitor.page.locator("a.slot").first).to_be_visible()


def test_it_keeps_what_was_typed_when_the_time_is_gone(counsel, arrive):
    late = arrive()
    open_a_time(late)
    late.type("What should we call you?", RIGHT_TO_LEFT)
    late.type("Your e-mail address", "late@example.org")
    quick = arrive()
    quick.opens(late.page.url)
    quick.type("What should we call you?", "Quick")
    quick.type("Your e-mail address", "quick@example.org")
    quick.choose("I have read this and agree")
    quick.tap("Go on")
    quick.see_heading("Look in your mail")
    late.tap("Go on")
    late.see_heading("just been taken")
    late.look("booking-taken")
    late.tap_on(late.page.locator(".near-choice").first)
    expect(late.page.get_by_label("What should we call you?")).to_have_value(RIGHT_TO_LEFT)
    expect(late.page.get_by_label("I have read this and agree")).to_be_checked()
    late.tap("Go on")
    late.see_heading("Look in your mail")


def test_it_takes_a_journal_of_any_words(counsel, arrive):
    lou = arrive()
    lou.sign_in_by_password(counsel.new_client("Lou"))
    for words in (SCRIPT, EMOJI, RIGHT_TO_LEFT, LONG):
        lou.opens("/my/journal/")
        write(lou, for_the_first_time=words == SCRIPT)
        put(lou.page.get_by_label("Your words"), words)
        lou.tap("Save", exact=True)
        lou.see_heading("It's kept")
        lou.follow("Look at it, or change that")
        assert lou.page.locator(".answer").first.inner_text() == words


def test_it_refuses_a_journal_beside_the_field_and_keeps_it(counsel, arrive):
    max_ = arrive()
    max_.sign_in_by_password(counsel.new_client("Max"))
    max_.opens("/my/journal/")
    write(max_)
    for words in ("", LONG + "b", NULL):
        put(max_.page.get_by_label("Your words"), words)
        max_.tap("Save", exact=True)
        expect(max_.page.locator("#id_text_error")).not_to_be_empty()
        kept = max_.page.get_by_label("Your words").input_value()
        assert kept.replace("\x00", REPLACED) == words.replace("\x00", REPLACED)


def test_it_takes_or_refuses_a_reason(counsel, arrive):
    nia = arrive()
    nia.sign_in_by_password(counsel.new_client("Nia", "pause-and-label", "body-scan-for-safety"))
    for title, words in (("Pause and Label", SCRIPT), ("Body scan for safety", RIGHT_TO_LEFT)):
        nia.opens("/my/")
        card = nia.page.get_by_role("article").filter(has_text=title)
        card.get_by_role("link", name="I couldn't").click()
        put(nia.page.get_by_label("I couldn't, because…"), LONG + "b")
        nia.tap("Save")
        refused(nia, "because")
        assert nia.page.get_by_label("I couldn't, because…").input_value() == LONG + "b"
        put(nia.page.get_by_label("I couldn't, because…"), words)
        nia.page.get_by_role("button", name="Save").dblclick()
        nia.see_heading("Thank you for saying so")
        nia.follow("Look at it, or change that")
        nia.see(words)


def test_it_saves_a_practice_once_for_a_double_click(counsel, arrive):
    olga = arrive()
    olga.sign_in_by_password(counsel.new_client("Olga", "pause-and-label"))
    begin(olga, "Pause and Label")
    rate(olga, "How strong is it right now?", 7)
    olga.type("Find a word, or write your own", SCRIPT[:40])
    olga.page.get_by_role("button", name="Continue").dblclick()
    olga.see_heading("Acknowledge")
    olga.tap("Continue")
    olga.page.get_by_role("button", name="Save").dblclick()
    olga.see_heading("That was it")
    count = "Entry.objects.filter(client__name='Olga').count()"
    assert counsel.does(f"from exercises.models import Entry; print({count})") == "1"


def test_it_refuses_settings_beside_the_field_and_keeps_them(counsel, arrive):
    pia = arrive()
    pia.sign_in_by_password(counsel.new_client("Pia"))
    pia.opens("/my/settings/")
    put(pia.page.get_by_label("What we call you"), LONG[:5000])
    put(pia.page.get_by_label("Pronouns"), SCRIPT)
    put(pia.page.get_by_label("Somebody to call for you"), EMOJI)
    put_zone(pia.page.get_by_label("Your time zone"), "Mars/Phobos")
    pia.tap("Save")
    refused(pia, "name")
    refused(pia, "time_zone")
    assert pia.page.get_by_label("What we call you").input_value() == LONG[:5000]
    expect(pia.page.get_by_label("Somebody to call for you")).to_have_value(EMOJI)
    pia.look("settings-refused")
    put(pia.page.get_by_label("What we call you"), SCRIPT)
    put(pia.page.get_by_label("Pronouns"), "she")
    pia.page.get_by_label("Your time zone").select_option("Asia/Kolkata")
    pia.tap("Save")
    pia.see("Your settings are saved.")
    pia.opens("/my/")
    pia.see(SCRIPT)


def test_it_knows_no_hour_that_the_clocks_leave_out(arrive):
    tom = arrive(viewport={"width": 1280, "height": 800})
    tom.sign_in_by_password("tom@example.org")
    tom.opens("/admin/consultations/consultation/add/")
    tom.page.get_by_label("Client").select_option(label="Priya")
    # London's clocks go from 01:00 to 02:00 that night.
    tom.type("Day", "2027-03-28")
    tom.type("Time", "01:30")
    tom.tap("Book it")
    refused(tom, "at")
    expect(tom.page.get_by_label("Time", exact=False).first).to_have_value("01:30")
    tom.look("desk-book-refused")
