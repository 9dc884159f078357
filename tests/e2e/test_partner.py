"""A client, and somebody close to them: from the invitation to an end that nobody is told of."""

from __future__ import annotations

import pytest

from tests.e2e.stack import link_in

pytestmark = pytest.mark.e2e
WORDS = "I was glad when you came home."


def test_a_partner_is_invited_reads_and_is_told_nothing_of_the_end(counsel, arrive):
    nia, email = arrive(), "ola-partner@example.org"
    nia.sign_in_by_password(counsel.new_client("Nell"))
    invite(nia, email)
    counsel.lets_grace_pass()
    mail = counsel.mail_to(email, "Somebody close to you")

    ola = arrive(timezone_id="Asia/Kolkata")
    ola.opens(link_in(mail, "/with/invitation/"))
    ola.look("partner-invitation")
    ola.tap("Yes, open my page")
    ola.see_heading("Nothing is here at the moment")
    ola.look("partner-quiet")

    send(nia, WORDS)
    counsel.lets_grace_pass()
    ola.opens(link_in(counsel.mail_to(email, "Something is waiting"), "/with"))
    ola.see("For you")
    ola.look("partner-waiting")
    ola.page.locator(".list-row-main a").first.click()
    ola.see(WORDS)
    ola.look("partner-share")
    listen(ola)

    nia.opens("/my/close/")
    nia.page.get_by_text("Read", exact=True).wait_for()
    nia.look("portal-partner-there")
    nia.page.get_by_text("End it", exact=True).click()
    nia.tap("End it now")
    nia.look("portal-partner-ended")
    ola.opens("/with/")
    ola.see_heading("Nothing is here at the moment")
    ola.not_see("ended")
    ola.page.locator("summary").click()
    ola.tap("End this")
    ola.look("partner-left")
    assert len(counsel.mails_to(email)) == 2


def invite(nia, email):
    nia.opens("/my/settings/")
    nia.follow("Somebody close to you")
    nia.look("portal-partner-none")
    nia.type("What you call them", "Ola")
    nia.type("Their e-mail address", email)
    nia.tap("Invite them")
    nia.look("portal-partner-refused")
    nia.page.get_by_label("I want this myself").check()
    nia.tap("Invite them")
    nia.see("They can say yes until")
    nia.look("portal-partner-invited")


def send(nia, words):
    nia.opens("/my/close/")
    nia.follow("Send something small")
    nia.type("One small feeling", words)
    nia.look("portal-partner-share")
    nia.tap("Send it to them")
    nia.see("Not opened yet")


def listen(ola):
    ola.opens("/with/")
    ola.follow("Begin", exact=True)
    for number in range(1, 5):
        ola.see(f"Step {number} of 4")
        ola.look(f"partner-listening-{number}")
        if number < 4:
            ola.follow("Continue")
    ola.follow("That was it")
    ola.page.wait_for_url("**/with/")
