"""A consultation is noted: written, saved while it is typed, signed for good, added to."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.eyes import DESKTOP
from tests.e2e.stack import PASSWORD

pytestmark = pytest.mark.e2e

MAYA = "maya@example.org"
HELD = """
from datetime import timedelta
from clients.models import Client
from django.utils import timezone
from tests.factories import make_consultation, make_note, make_service
client = Client.objects.get(email={email!r})
service = make_service(counsellor=client.counsellor, is_public=False)
held = [
    make_consultation(
        client=client, service=service, status="completed", version=3,
        starts_at=timezone.now() - timedelta(days=days, hours=3),
        overlap_reason="for this test",
    )
    for days in (7, 0)
]
make_note(consultation=held[0], agreed="One breath at the door.", signed_at=timezone.now())
print(f"/admin/clients/client/{{client.pk}}/change/")
"""
SIGN_OUT = f"""
from counsel.accounts.models import User
from django.contrib.sessions.models import Session
user = User.objects.get(email={MAYA!r}).pk
for session in Session.objects.all():
    if session.get_decoded().get("_auth_user_id") == str(user):
        session.delete()
"""


def saved(person):
    note = person.page.locator("[data-saved-note]")
    # What could not be saved is tried again later and later.
    expect(note).to_have_text(re.compile(r"^Saved \d\d:\d\d$"), timeout=25_000)


def sign_in_in_a_new_tab(person):
    with person.context.expect_page() as opened:
        person.follow("Sign in again in a new tab")
    tab = opened.value
    tab.get_by_text("Sign in with a password").click()
    tab.locator("details[open] input[name=login]").fill(MAYA)
    tab.locator("details[open] input[name=password]").fill(PASSWORD)
    tab.get_by_role("button", name="Sign in with the password").click()
    tab.wait_for_url("**/authenticate/")
    person.comes_through_the_second_lock(tab)
    tab.close()
    person.page.bring_to_front()


def at_a_note(counsel, arrive, name, **device):
    maya = arrive(viewport=DESKTOP, **device)
    maya.sign_in_by_password(MAYA)
    maya.opens(counsel.does(HELD.format(email=counsel.new_client(name))).strip())
    maya.follow("Write the note")
    return maya


def test_it_is_written_beside_the_brief_signed_and_added_to(counsel, arrive):
    maya = at_a_note(counsel, arrive, "Nora")
    maya.see("One breath at the door.")
    maya.look("desk-note-begin")
    maya.tap("DAP")
    maya.type("Data", "We looked at two evenings.")
    saved(maya)
    maya.page.reload()
    expect(maya.page.get_by_label("Data")).to_have_value("We looked at two evenings.")

    counsel.does(SIGN_OUT)
    maya.type("Assessment", "There is a moment to work with.")
    maya.see("You have been signed out.")
    sign_in_in_a_new_tab(maya)
    saved(maya)
    maya.watch.complaints.clear()
    maya.type("What you agreed for the time until next", "To name that moment.")
    saved(maya)
    maya.look("desk-note-write")

    maya.page.locator("summary", has_text="Another format").click()
    maya.tap("SOAP")
    expect(maya.page.get_by_label("Assessment")).to_have_value("There is a moment to work with.")
    expect(maya.page.get_by_label("Data")).to_have_value("We looked at two evenings.")
    maya.page.locator("summary", has_text="Sign it").click()
    maya.tap("Sign this note")
    maya.see("Signed by Maya Iyer")
    maya.type("Add to it", "One more sentence, at the door.")
    maya.tap("Add it")
    maya.see_heading("Added later")
    maya.look("desk-note-signed")


def test_without_a_script_the_words_come_back_after_signing_in_again(counsel, arrive):
    maya = at_a_note(counsel, arrive, "Otis", java_script_enabled=False)
    maya.tap("Free")
    maya.page.get_by_label("Note").fill("A line, then signed out.")
    counsel.does(SIGN_OUT)
    maya.tap("Save")
    maya.see_heading("You have been signed out")
    sign_in_in_a_new_tab(maya)
    maya.tap("Send it again")
    maya.see_heading("Once more, please")
    maya.tap("Send it again")
    expect(maya.page.get_by_label("Note")).to_have_value("A line, then signed out.")
