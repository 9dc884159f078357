"""Messages to another mailbox: shown to be theirs, used, and told to the one before."""

from __future__ import annotations

import re

import pytest

from tests.e2e.stack import link_in, words_of

pytestmark = pytest.mark.e2e

INVITE = """
from clients.models import Client
from sessions.models import Service
from django.utils import timezone
from datetime import timedelta
from sessions.services import consultation_book
client = Client.objects.get(email={email!r})
service = Service.objects.get(counsellor=client.counsellor, slug="consultation")
consultation_book(
    service=service, client=client, starts_at=timezone.now() + timedelta(days=5, minutes=7),
    overlap_reason="an hour off the usual ones",
)
"""


def test_messages_go_where_a_client_wants_them(counsel, arrive):
    email, quiet = counsel.new_client("Runa"), "runa.quiet@example.org"
    runa = arrive()
    runa.sign_in_by_code(email)
    runa.opens("/my/settings/")
    runa.follow("How we reach you")
    runa.choose("Plain")
    runa.tap("Save")
    runa.see("It holds from the next message on")
    runa.follow("E-mails")
    runa.type("E-mail address for messages", quiet)
    runa.tap("Send me a code")
    runa.see("We have sent six figures")
    code = re.search(r"\b\d{6}\b", words_of(counsel.mail_to(quiet, "Your code"))).group()
    runa.type("The code we sent", "1" + code[1:] if code[0] != "1" else "2" + code[1:])
    runa.tap("It is mine")
    runa.see("That is not the code")
    runa.look("reached-wrong-code")
    runa.type("The code we sent", code)
    runa.tap("It is mine")
    runa.see(quiet)
    told = counsel.mail_to(email, "Messages go elsewhere")
    assert quiet not in words_of(told)
    counsel.does(INVITE.format(email=email))
    confirmed = counsel.mail_to(quiet, "Your appointment is confirmed")
    assert "Hello Runa," in words_of(confirmed)
    assert link_in(confirmed, "/appointments/")
    assert not [mail for mail in counsel.mails_to(email) if "confirmed" in str(mail["Subject"])]
