"""A practice writes its own words for a mail, and the next mail says them."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.e2e
DESKTOP = {"width": 1280, "height": 900}
# One that no other journey waits for.
PAGE = "/admin/letters/consultation_declined/en-gb/"

ASKED_AND_DECLINED = """
from datetime import timedelta
from clients.models import Client
from django.utils import timezone
from sessions.models import Service, Status
from sessions.services import consultation_decline
from tests.factories import make_consultation
client = Client.objects.get(email={email!r})
service = Service.objects.get(counsellor=client.counsellor, slug="consultation")
starts_at = timezone.now() + timedelta(days=9)
asked = make_consultation(
    client=client, service=service, starts_at=starts_at, status=Status.PENDING
)
consultation_decline(consultation=asked)
"""


def test_own_words_are_written_looked_at_and_sent_without_a_script(counsel, arrive):
    manager = arrive(viewport=DESKTOP, java_script_enabled=False)
    manager.sign_in_by_password("manager@example.org")
    manager.opens(PAGE)
    manager.type("Subject", "Another time may suit")
    manager.type("Words", "{greeting}\n\nnot on {when}, sadly. Your therapy can wait.")
    manager.tap("Save")
    manager.see("“therapy” tells what this is about.")
    manager.type("Words", "{greeting}\n\nnot on {when}, sadly.")
    manager.tap("Preview", exact=True)
    shown = manager.page.frame_locator("iframe")
    expect(shown.get_by_text("Subject: Another time may suit")).to_be_visible()
    expect(shown.locator(".card").get_by_text("not on Tuesday 3 March")).to_be_visible()
    manager.tap("Save")
    manager.see("your own words")
    email = counsel.new_client("Ola", counsellor="tom-ashworth")
    counsel.does(ASKED_AND_DECLINED.format(email=email))
    counsel.lets_grace_pass()
    mail = counsel.mail_to(email, "Another time may suit")
    text, html = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert text.split()[:3] == ["Hello,", "not", "on"]
    assert "not on " in html
    manager.page.get_by_text("Back to our words").click()
    manager.tap("Put ours back")
    manager.see("our words again")


def test_the_look_follows_what_is_typed(arrive):
    manager = arrive(viewport=DESKTOP)
    manager.sign_in_by_password("manager@example.org")
    manager.opens(PAGE)
    manager.type("Words", "{greeting}\n\nperhaps not {when}.")
    shown = manager.page.frame_locator("iframe")
    expect(shown.locator(".card").get_by_text("perhaps not Tuesday 3 March")).to_be_visible()
    assert manager.page.url.endswith(PAGE)
    manager.look("words of a message")
