"""Somebody chooses another time from the mail: on a phone without scripts, by keyboard, not
at all by following links."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.stack import link_in, words_of

pytestmark = pytest.mark.e2e


def book(counsel, name):
    """Books a time in a week or two for somebody without a page of their own."""
    email = f"{name.lower()}@example.org"
    counsel.does(f"""
from datetime import timedelta
from django.utils import timezone
from clients.models import Client
from sessions.models import Service
from sessions.selectors import open_slots
from sessions.services import consultation_book
service = Service.objects.select_related("counsellor").get(
    counsellor__slug="maya-iyer", slug="consultation"
)
client = Client.objects.create(
    counsellor=service.counsellor, name={name!r}, email={email!r},
    time_zone="Europe/London", status="active",
)
now = timezone.now()
day = now.date() + timedelta(days=7)
slot = open_slots(service, day, day + timedelta(days=14), now)[0]
consultation_book(service=service, client=client, starts_at=slot.start)
""")
    return email, counsel.mail_to(email, "Your appointment is confirmed")


def when(person):
    heading = person.page.get_by_role("heading", level=1).inner_text()
    return heading.removeprefix("Your appointment is on ").rstrip(".")


def state_of(counsel, email):
    return counsel.does(f"""
from sessions.models import Consultation
for row in Consultation.objects.filter(client__email={email!r}).values():
    print(row)
from counsel.reminders.models import Reminder
for key in Consultation.objects.filter(client__email={email!r}).values_list("pk", flat=True):
    for row in Reminder.objects.filter(subject=f"consultation:{{key}}").order_by("pk").values():
        print(row)
""")


def test_on_a_phone_without_scripts(counsel, arrive):
    email, mail = book(counsel, "Ines")
    ines = arrive(java_script_enabled=False)
    ines.opens(link_in(mail, "/appointments/"))
    before = when(ines)
    ines.see("You can choose another time or cancel freely until")
    ines.taps = 0
    ines.follow("Choose another time")
    ines.see_heading("Choose another time")
    ines.tap_on(ines.page.locator("a.slot").last)
    ines.see_heading("Move it to this time?")
    ines.tap("Move it")
    ines.see_heading("Your appointment is on")
    assert ines.taps == 3
    assert when(ines) != before
    ines.see(f"You have just moved it here from {before}")
    ines.tap("Undo")
    ines.see_heading(f"Your appointment is on {before}")
    assert len(counsel.mails_to(email)) == 1


def test_every_page_reads_and_fits(counsel, arrive):
    _email, mail = book(counsel, "Juno")
    juno = arrive()
    link = link_in(mail, "/appointments/")
    juno.opens(link)
    juno.look("move-appointment")
    juno.follow("Choose another time")
    juno.look("move-times")
    juno.tap_on(juno.page.locator("a.slot").last)
    juno.look("move-confirm")
    form = juno.page.url
    juno.tap("Move it")
    juno.look("move-moved")
    juno.opens(form)
    juno.see_heading("This appointment has changed")
    juno.look("move-changed")
    juno.page.go_back()
    juno.tap("Cancel this appointment")
    juno.see_heading("This appointment is cancelled")
    juno.look("move-cancelled")
    juno.tap("Undo")
    juno.see_heading("Your appointment is on")


def test_by_keyboard_alone(counsel, arrive):
    _email, mail = book(counsel, "Kari")
    kari = arrive(viewport={"width": 1280, "height": 800})
    kari.opens(link_in(mail, "/appointments/"))
    before = when(kari)
    press_on(kari, kari.page.get_by_role("link", name="Choose another time"))
    press_on(kari, kari.page.locator("a.slot").first)
    press_on(kari, kari.page.get_by_role("button", name="Move it"))
    kari.see_heading("Your appointment is on")
    assert when(kari) != before
    press_on(kari, kari.page.get_by_role("button", name="Undo"))
    kari.see_heading(f"Your appointment is on {before}")


def press_on(person, thing):
    """Tabs on until it has the focus, sees that it shows, and presses Enter."""
    thing.wait_for()
    for _tab in range(80):
        person.page.keyboard.press("Tab")
        if thing.evaluate("(it) => it === document.activeElement"):
            break
    expect(thing).to_be_focused()
    assert thing.evaluate("(it) => getComputedStyle(it).outlineStyle") != "none"
    person.page.keyboard.press("Enter")


def test_it_moves_in_the_portal_and_takes_it_back(counsel, arrive):
    email = counsel.new_client("Lior")
    counsel.does(f"""
from datetime import timedelta
from django.utils import timezone
from clients.models import Client
from sessions.models import Service
from sessions.selectors import open_slots
from sessions.services import consultation_book
client = Client.objects.get(email={email!r})
service = Service.objects.get(counsellor=client.counsellor, slug="consultation")
now = timezone.now()
day = now.date() + timedelta(days=7)
slot = open_slots(service, day, day + timedelta(days=14), now)[0]
consultation_book(service=service, client=client, starts_at=slot.start)
""")
    lior = arrive()
    lior.sign_in_by_password(email)
    lior.opens("/my/appointments/")
    before = lior.page.get_by_role("article").get_by_role("heading").inner_text()
    lior.page.get_by_text("Can't make it?").click()
    lior.look("move-mine")
    lior.follow("Choose another time")
    lior.look("move-mine-times")
    lior.tap_on(lior.page.locator("a.slot").last)
    lior.look("move-mine-confirm")
    lior.tap("Move it")
    lior.see(f"You have just moved it here from {before}")
    lior.look("move-mine-moved")
    lior.tap("Undo")
    lior.see("That is undone.")
    lior.see_heading(before)
    lior.page.get_by_text("Can't make it?").click()
    lior.tap("Cancel this appointment")
    lior.see(f"You have just cancelled it: {before}")
    lior.look("move-mine-cancelled")
    lior.tap("Undo")
    lior.see_heading(before)


def test_following_every_link_of_the_mail_does_nothing(counsel, arrive):
    email, mail = book(counsel, "Mina")
    before = state_of(counsel, email)
    scanner = arrive()
    links = re.findall(r"https?://\S+", words_of(mail))
    seen = set()
    while links and len(seen) < 20:
        link = links.pop(0)
        seen.add(link)
        asked = scanner.context.request
        for ask in (asked.head, asked.get, asked.get):
            assert ask(link).status < 400
        if link.endswith(".ics"):
            continue
        # And as a browser that runs scripts, and waits for them.
        scanner.opens(link)
        scanner.page.wait_for_load_state("networkidle")
        scanner.page.wait_for_timeout(500)
        for further in scanner.page.locator("main a").all():
            address = scanner.page.evaluate("(it) => it.href", further.element_handle())
            if "/appointments/" in address and address not in seen:
                links.append(address)
    assert any("/move/2" in link for link in seen)
    assert state_of(counsel, email) == before
