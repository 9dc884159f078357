"""Every page there is, looked at."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest

from tests.e2e.steps import begin

pytestmark = pytest.mark.e2e

PUBLIC = {
    "front": "/",
    "help": "/help/",
    "public-counsellor": "/c/tom-ashworth/?zone=Europe/London",
    "public-zone-unknown": "/c/tom-ashworth/?zone=Mars/Phobos",
    "public-times": "/c/tom-ashworth/consultation/?zone=Europe/London",
    "sign-in": "/accounts/login/",
    "sign-in-code": "/accounts/login/code/",
    "sign-up": "/accounts/signup/",
    "password-forgotten": "/accounts/password/reset/",
    "error-not-found": "/no-such-page/",
    "invitation-unknown": "/invitation/no-such-token/",
    "stop-unknown": "/stop/no-such-token/",
}
PORTAL = {
    "portal-home": "/my/",
    "portal-appointments": "/my/appointments/",
    "portal-talk": "/my/appointments/talk/",
    "portal-calendar": "/my/appointments/calendar/",
    "portal-entries": "/my/entries/",
    "portal-search": "/my/entries/search/",
    "portal-progress": "/my/progress/",
    "portal-journal": "/my/journal/",
    "portal-settings": "/my/settings/",
    "portal-messages": "/my/settings/messages/",
    "portal-messages-address": "/my/settings/messages/email/",
    "portal-notifications": "/my/settings/devices/",
    "portal-record": "/my/record/",
    "portal-pages": "/my/record/pages/",
    "portal-welcome": "/my/welcome/",
    "account-passkeys-and-second-step": "/accounts/2fa/",
    "account-passkeys": "/accounts/2fa/webauthn/",
    "account-second-step": "/accounts/2fa/totp/activate/",
    "account-devices": "/accounts/sessions/",
    "account-password": "/accounts/password/change/",
    "account-sign-out": "/accounts/logout/",
}

STOP = """
from clients.models import Client
from clients.stop_tokens import stop_token
print(stop_token(Client.objects.get(email={email!r})))
"""


def look_at_all(person, pages):
    for name, address in pages.items():
        person.opens(address)
        person.look(name)


def test_it_is_fit_to_be_seen_by_visitors(arrive):
    look_at_all(arrive(), PUBLIC)


def test_it_is_fit_to_be_seen_while_signing_in(arrive):
    anna = arrive()
    anna.opens("/accounts/login/")
    anna.page.get_by_text("Sign in with a password").click()
    anna.tap("Sign in with the password")
    anna.look("sign-in-refused")
    anna.asks_for_a_code("nobody-here@example.org")
    anna.page.locator("input[name=code]").fill("WRONG1")
    anna.tap("Go on")
    anna.look("sign-in-code-wrong")


def test_it_is_fit_to_be_seen_by_clients(arrive):
    anna = arrive()
    anna.sign_in_by_password("anna@example.org")
    look_at_all(anna, PORTAL)
    anna.opens("/my/entries/")
    anna.page.locator(".list-row-main a").first.click()
    anna.look("portal-entry")


def test_it_is_fit_to_be_seen_with_something_begun(counsel, arrive):
    una = arrive()
    una.sign_in_by_password(counsel.new_client("Una", "pause-and-label"))
    begin(una, "Pause and Label")
    una.opens("/my/")
    una.look("portal-home-begun")
    una.opens("/my/entries/")
    una.follow("Pause and Label")
    una.look("portal-draft")


def test_it_gives_back_the_words_of_somebody_signed_out(counsel, arrive):
    ugo = arrive()
    ugo.sign_in_by_password(counsel.new_client("Ugo", "pause-and-label"))
    ugo.opens("/my/")
    ugo.page.get_by_role("article").get_by_role("link", name="I couldn't").click()
    ugo.type("I couldn't, because…", "The day was too long.")
    ugo.context.clear_cookies(name="sessionid")
    ugo.tap("Save")
    ugo.look("portal-signed-out")
    ugo.see("The day was too long.")


def test_it_is_fit_to_be_seen_in_the_dark(arrive):
    dusk = arrive(color_scheme="dark")
    look_at_all(
        dusk,
        {
            "dark-public-counsellor": PUBLIC["public-counsellor"],
            "dark-public-times": PUBLIC["public-times"],
            "dark-sign-in": PUBLIC["sign-in"],
            "dark-help": PUBLIC["help"],
        },
    )
    dusk.sign_in_by_password("ravi@example.org")
    look_at_all(
        dusk,
        {
            "dark-home": "/my/",
            "dark-settings": "/my/settings/",
            "dark-messages": "/my/settings/messages/",
            "dark-notifications": "/my/settings/devices/",
            "dark-talk": "/my/appointments/talk/",
            "dark-entries": "/my/entries/",
            "dark-journal": "/my/journal/",
            "dark-progress": "/my/progress/",
        },
    )
    begin(dusk, "Pause and Label")
    dusk.look("dark-practice")
    maya = arrive(color_scheme="dark")
    maya.sign_in_by_password("maya@example.org")
    maya.look("dark-desk-index")
    maya.opens("/admin/clients/client/")
    maya.look("dark-desk-caseload")
    maya.follow("Ravi")
    maya.look("dark-desk-brief")
    maya.opens(page_of_client(maya, "progress"))
    maya.look("dark-desk-progress")


def test_progress_over_time_is_fit_to_be_seen(arrive):
    maya = arrive(viewport={"width": 1280, "height": 800})
    maya.sign_in_by_password("maya@example.org")
    maya.opens("/admin/clients/client/")
    maya.follow("Anna")
    maya.opens(page_of_client(maya, "progress"))
    maya.look("desk-progress")
    maya.page.locator("#id_words").fill("Moved house")
    maya.tap("Note it")
    maya.look("desk-progress-refused")
    maya.see("This field is required.")


def test_the_pages_about_a_client_are_fit_to_be_seen(arrive):
    maya = arrive(viewport={"width": 1280, "height": 800})
    maya.sign_in_by_password("maya@example.org")
    maya.opens("/admin/clients/client/views/?need=unread")
    maya.type("Name", "To read")
    maya.tap("Keep this view")
    maya.look("desk-caseload-kept-view")
    maya.opens("/admin/clients/client/views/")
    maya.look("desk-kept-views")
    maya.opens("/admin/clients/client/")
    maya.type("Find by name or e-mail", "ann")
    maya.tap("Find", exact=True)
    maya.look("desk-clients-found")
    maya.follow("Anna")
    pages = {
        name: page_of_client(maya, name) for name in ("notes", "process-notes", "cover", "handover")
    }
    look_at_all(maya, {f"desk-client-{name}": address for name, address in pages.items()})


def test_the_pages_of_a_clients_messages_are_fit_to_be_seen(arrive):
    maya = arrive(viewport={"width": 1280, "height": 800})
    maya.sign_in_by_password("maya@example.org")
    maya.opens("/admin/clients/client/")
    maya.follow("Joe")
    pages = {name: page_of_client(maya, name) for name in ("messages", "reach", "agreements")}
    look_at_all(maya, {f"desk-client-{name}": address for name, address in pages.items()})
    maya.opens(pages["messages"])
    maya.page.locator(".brief-list a").first.click()
    maya.look("desk-message-waiting")
    ledger = "/admin/reminders/reminder/"
    look_at_all(
        maya,
        {
            "desk-messages-in-trouble": f"{ledger}?state=trouble",
            "desk-messages-none": f"{ledger}?state=claimed",
            "desk-messages-fare": f"{ledger}health/",
        },
    )
    maya.opens(f"{ledger}?state=trouble")
    maya.page.locator("#result_list tbody th a").first.click()
    maya.look("desk-message-failed")
    maya.follow("Details")
    maya.look("desk-message-details")
    maya.opens(ledger)
    maya.type("Find by a client's name or e-mail", "Joe")
    maya.tap("Find", exact=True)
    maya.look("desk-messages-found")


def test_the_words_of_messages_are_fit_to_be_seen(arrive):
    manager = arrive(viewport={"width": 1280, "height": 800})
    manager.sign_in_by_password("manager@example.org")
    letters = "/admin/letters/"
    look_at_all(
        manager,
        {
            "manager-letters": letters,
            "manager-letter-own": f"{letters}practice_today.gently/en-gb/",
            "manager-letter-short": f"{letters}consultation_reminder.short/en-gb/",
            "manager-messages-fare": "/admin/reminders/reminder/health/",
            "manager-practice-page": "/admin/accounts/practice/",
        },
    )
    manager.opens(f"{letters}consultation_reminder/en-gb/")
    manager.type("Words", "Hello {you}, your session")
    manager.tap("Save")
    manager.look("manager-letter-refused")


def test_what_messages_lead_clients_to_is_fit_to_be_seen(counsel, arrive):
    hana = arrive()
    hana.sign_in_by_password("hana@example.org")
    hana.follow("Recordings for supervision")
    hana.look("portal-to-agree")
    sam = arrive()
    sam.sign_in_by_password("sam@example.org")
    sam.look("portal-home-reminders-stopped")
    sam.opens("/my/settings/messages/")
    sam.look("portal-messages-stopped")
    marek = arrive()
    marek.sign_in_by_password("marek@example.org")
    marek.opens("/my/settings/messages/")
    marek.look("portal-messages-paused")
    reader = arrive()
    email = counsel.new_client("Stella")
    reader.opens(f"/stop/{counsel.does(STOP.format(email=email)).strip()}/")
    reader.look("stop-asked")
    reader.tap("Stop them")
    reader.look("stop-done")


def page_of_client(person, name):
    """The address beside that of the client's page which is open."""
    return urlsplit(person.page.url).path.replace("/change/", f"/{name}/")


@pytest.mark.parametrize("who", ["maya", "manager"])
def test_it_is_fit_to_be_seen_by_staff(arrive, who):
    """Each list the index offers, one row of it, and whatever that row's page leads to."""
    staff = arrive(viewport={"width": 1280, "height": 800})
    staff.sign_in_by_password(f"{who}@example.org")
    staff.look(f"{who}-index")
    for address in links(staff, r"/admin/\w+/\w+/calendar/$"):
        staff.opens(address)
        staff.look(f"{who}-calendar")
        staff.opens("/admin/")
    for address in links(staff, r"/admin/practice/$"):
        staff.opens(f"{address}?span=12w")
        staff.look(f"{who}-practice")
        staff.opens("/admin/")
    for address in links(staff, r"/admin/\w+/\w+/$"):
        look_at_list(staff, who, address)
    staff.opens("/admin/mailbox/")
    staff.look(f"{who}-mailbox")
    staff.page.locator("#content a[href*='/mailbox/']").first.click()
    staff.look(f"{who}-mail")


def look_at_list(staff, who, address):
    staff.opens(address)
    name = f"{who}-{urlsplit(address).path.strip('/').split('/')[-1]}"
    staff.look(f"{name}-list")
    rows, adds = links(staff, rf"{address}[^/]+/change/"), links(staff, rf"{address}add/")
    for add in adds[:1]:
        staff.opens(add)
        staff.look(f"{name}-add")
    for row in rows[:1]:
        staff.opens(row)
        staff.look(f"{name}-change")
        for page in ("history", "delete", "move", "withdraw"):
            for further in links(staff, rf"{address}[^/]+/{page}/")[:1]:
                staff.opens(further)
                staff.look(f"{name}-{page}")


def links(person, shape):
    """The addresses on the page that begin like that, each once, in order."""
    hrefs = person.page.locator("a[href]").evaluate_all("all => all.map((a) => a.pathname)")
    return list(dict.fromkeys(href for href in hrefs if re.match(shape, href)))


def test_it_is_fit_to_be_seen_where_staff_may_not_go(arrive):
    manager = arrive(viewport={"width": 1280, "height": 800})
    manager.sign_in_by_password("manager@example.org")
    manager.opens("/admin/clients/client/")
    manager.look("error-not-allowed")
    manager.opens("/admin/?q=%00")
    manager.look("error-bad-request")
