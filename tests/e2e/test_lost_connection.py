"""Words outlive a tunnel, a lost answer, another device and a sign-in that ran out."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from tests.e2e.eyes import DESKTOP, OUT
from tests.e2e.stack import PASSWORD
from tests.e2e.steps import begin, go_on, is_saved, rate

pytestmark = pytest.mark.e2e

OFFLINE = "No connection just now."
LINE, SHARE = "A line to yourself", "The words, if you want to keep them"
# Where a page may leave something behind in a browser.
LEFT_BEHIND = """async () => ({
  local: localStorage.length,
  session: sessionStorage.length,
  databases: (await indexedDB.databases()).length,
  caches: (await caches.keys()).length,
  workers: (await navigator.serviceWorker.getRegistrations()).length,
  history: JSON.stringify(history.state),
  name: window.name,
})"""
NOTHING = {
    "local": 0,
    "session": 0,
    "databases": 0,
    "caches": 0,
    "workers": 0,
    "history": "null",
    "name": "",
}


def kept_of(counsel, email):
    """The answers of the client's open draft, as the server keeps them."""
    return json.loads(
        counsel.does(f"""
import json
from exercises.models import Entry
print(json.dumps(Entry.objects.get(client__email={email!r}, state="draft").answers))
""")
    )


def sign_out_everywhere(counsel, email):
    """As by a password changed elsewhere, or time: the browser still holds its cookie."""
    counsel.does(f"""
from clients.models import Client
from django.contrib.sessions.models import Session
user = Client.objects.get(email={email!r}).user_id
for session in Session.objects.all():
    if session.get_decoded().get("_auth_user_id") == str(user):
        session.delete()
""")


def sign_in_in_a_new_tab(person, email):
    with person.context.expect_page() as opened:
        person.follow("Sign in again in a new tab")
    tab = opened.value
    tab.get_by_text("Sign in with a password").click()
    tab.locator("details[open] input[name=login]").fill(email)
    tab.locator("details[open] input[name=password]").fill(PASSWORD)
    tab.get_by_role("button", name="Sign in with the password").click()
    tab.wait_for_url("**/my/")
    tab.close()
    person.page.bring_to_front()


def at_the_line(counsel, arrive, name, **device):
    """On the third page of Pause and Label, with the first two filled in."""
    person, email = arrive(**device), counsel.new_client(name, "pause-and-label")
    person.sign_in_by_password(email)
    begin(person, "Pause and Label")
    rate(person, "How strong is it right now?", 7)
    if device.get("java_script_enabled") is False:
        person.tap("Continue")
    person.see_heading("Label")
    person.choose("shame")
    person.tap("Continue")
    person.see_heading("Acknowledge")
    person.page.wait_for_load_state("networkidle")
    return person, email


def test_words_typed_without_a_connection_stay_and_arrive(counsel, arrive):
    vera, email = at_the_line(counsel, arrive, "Vera")
    vera.context.set_offline(True)
    vera.page.get_by_label(LINE).press_sequentially("In a tunnel.", delay=20)
    vera.see(OFFLINE)
    assert vera.page.evaluate(LEFT_BEHIND) == NOTHING
    vera.page.screenshot(path=OUT / "practice-offline-390.png")
    # No way leads off the page and its words.
    vera.tap("Continue")
    vera.tap("Back")
    expect(vera.page.get_by_label(LINE)).to_have_value("In a tunnel.")
    assert "to_myself" not in kept_of(counsel, email)
    vera.context.set_offline(False)
    is_saved(vera)
    vera.watch.complaints.clear()
    assert kept_of(counsel, email)["to_myself"] == "In a tunnel."
    vera.tap("Continue")
    vera.see_heading("Small share")
    assert vera.page.evaluate(LEFT_BEHIND) == NOTHING


def test_words_whose_answer_was_lost_are_kept_once(counsel, arrive):
    wilma, email = at_the_line(counsel, arrive, "Wilma")
    lost = []

    def lose(route):
        # It arrives, but the connection is gone before the answer.
        lost.append(route.fetch().status)
        route.abort("connectionreset")

    wilma.page.route("**/autosave/", lose, times=1)
    wilma.type(LINE, "It is all right")
    wilma.see("Not saved just now.")
    assert lost == [200]
    wilma.type(LINE, "It is all right to be shy.")
    is_saved(wilma)
    wilma.watch.complaints.clear()
    assert kept_of(counsel, email)["to_myself"] == "It is all right to be shy."


def test_a_line_that_hangs_is_taken_for_lost(counsel, arrive):
    """Neither cut nor working, as between two cells: the browser alone would wait for minutes."""
    hedda, email = at_the_line(counsel, arrive, "Hedda")
    page, hung = hedda.page, []
    page.clock.install()
    page.route("**/autosave/", lambda route: hung.append(route), times=1)
    hedda.type(LINE, "Between two cells.")
    hedda.tap("Continue")
    hedda.see("Saving…")
    page.clock.fast_forward(20_000)
    hedda.see("Not saved just now.")
    expect(page.get_by_label(LINE)).to_have_value("Between two cells.")
    page.clock.fast_forward(3_000)
    is_saved(hedda)
    assert len(hung) == 1
    assert kept_of(counsel, email)["to_myself"] == "Between two cells."
    hedda.watch.complaints.clear()
    hedda.tap("Continue")
    hedda.see_heading("Small share")


def test_what_was_begun_on_a_phone_goes_on_elsewhere_and_both_may_write(counsel, arrive):
    phone, email = at_the_line(counsel, arrive, "Xenia")
    phone.type(LINE, "Written on the bus.")
    is_saved(phone)
    phone.tap("Continue")
    phone.type(SHARE, "From the phone.")
    is_saved(phone)

    laptop = arrive(viewport=DESKTOP)
    laptop.sign_in_by_password(email)
    laptop.tap("Go on")
    laptop.see_heading("Small share")
    expect(laptop.page.get_by_label(SHARE)).to_have_value("From the phone.")
    laptop.tap("Back")
    expect(laptop.page.get_by_label(LINE)).to_have_value("Written on the bus.")
    laptop.tap("Back")
    expect(laptop.page.get_by_role("checkbox", name="shame", exact=True)).to_be_checked()
    go_on(laptop)
    laptop.tap("Continue")

    # The phone writes in a tunnel, the laptop meanwhile; then the phone comes out of it.
    phone.context.set_offline(True)
    phone.type(SHARE, "From the phone, in the tunnel.")
    phone.see(OFFLINE)
    laptop.page.wait_for_load_state("networkidle")
    laptop.type(SHARE, "From the laptop.")
    is_saved(laptop)
    phone.context.set_offline(False)
    phone.see("You wrote here on another device too.")
    phone.watch.complaints.clear()
    both = "From the phone, in the tunnel.\n\nFrom the laptop."
    expect(phone.page.get_by_label(SHARE)).to_have_value(both)
    kept = kept_of(counsel, email)
    assert (kept["to_myself"], kept["share_words"]) == ("Written on the bus.", both)


def test_a_sign_in_that_the_server_ended_costs_no_word(counsel, arrive):
    yva, email = at_the_line(counsel, arrive, "Yva")
    sign_out_everywhere(counsel, email)
    yva.type(LINE, "Half a line when it ran out")
    yva.see("You have been signed out.")
    assert "to_myself" not in kept_of(counsel, email)
    sign_in_in_a_new_tab(yva, email)
    is_saved(yva)
    yva.watch.complaints.clear()
    assert kept_of(counsel, email)["to_myself"] == "Half a line when it ran out"
    yva.tap("Continue")
    yva.see_heading("Small share")


def test_nobody_else_who_signs_in_there_gets_the_words(counsel, arrive):
    """A device of two people: one is signed out while writing, the other signs in."""
    zita, email = at_the_line(counsel, arrive, "Zita")
    sign_out_everywhere(counsel, email)
    zita.type(LINE, "Not for Aron.")
    zita.see("You have been signed out.")
    aron = counsel.new_client("Aron", "pause-and-label")
    sign_in_in_a_new_tab(zita, aron)
    zita.see("Not saved just now.")
    expect(zita.page.get_by_label(LINE)).to_have_value("Not for Aron.")
    zita.watch.complaints.clear()
    made = f"Entry.objects.filter(client__email={aron!r}).count()"
    assert counsel.does(f"from exercises.models import Entry; print({made})") == "0"


def test_without_a_script_a_step_is_given_back_and_sent_again(counsel, arrive):
    bente, email = at_the_line(counsel, arrive, "Bente", java_script_enabled=False)
    bente.page.get_by_label(LINE).fill("A line, then signed out.")
    sign_out_everywhere(counsel, email)
    bente.tap("Continue")
    bente.see_heading("You have been signed out")
    bente.see("A line, then signed out.")
    sign_in_in_a_new_tab(bente, email)
    bente.tap("Send it again")
    bente.see_heading("Once more, please")
    bente.tap("Send it again")
    bente.see_heading("Small share")
    assert kept_of(counsel, email)["to_myself"] == "A line, then signed out."
