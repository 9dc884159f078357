"""Notifications: turned on in a browser, pushed by the running worker, and shown there.

A browser's own push service is far away. One on this machine stands in for it: the page's
`pushManager` names that one, with keys of the test's own, and what arrives there is opened and
handed to the service worker as the browser would.
"""

from __future__ import annotations

import json
import time

import pytest

from tests.common.taker import running_taker
from tests.reminders.carriers.browser import Browser, claims_of

pytestmark = pytest.mark.e2e

SUBSCRIBES = """
(() => {
  const said = %s;
  const bytes = (text) => Uint8Array.from(
    atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
  const subscription = (key) => ({
    endpoint: said.endpoint,
    options: { applicationServerKey: bytes(key).buffer },
    toJSON: () => said,
    unsubscribe: async () => { localStorage.removeItem("subscribed"); return true; },
  });
  const kept = () => localStorage.getItem("subscribed");
  PushManager.prototype.getSubscription = async () => (kept() ? subscription(kept()) : null);
  PushManager.prototype.subscribe = async ({ userVisibleOnly, applicationServerKey }) => {
    if (!userVisibleOnly) throw new Error("must show what is pushed");
    const key = btoa(String.fromCharCode(...applicationServerKey))
      .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
    localStorage.setItem("subscribed", key);
    return subscription(key);
  };
})();
"""
BOOK = """
from datetime import timedelta
from django.utils import timezone
from clients.models import Client
from sessions.models import Service
from sessions.services import consultation_book
client = Client.objects.get(email={email!r})
service = Service.objects.get(counsellor=client.counsellor, slug="consultation")
consultation_book(
    service=service, client=client, starts_at=timezone.now() + timedelta(days=3),
    overlap_reason="an hour off the usual ones",
)
"""
SHOWN = """async () => (await (await navigator.serviceWorker.ready).getNotifications())
  .map(({ title, body, tag, data }) => ({ title, body, tag, link: data.link }))"""


# A click cannot be made from outside; what the worker does about one can be looked at.
CLICKED = """async (link) => {
  const done = [];
  const open = { url: `${self.location.origin}/my/`, focus: () => done.push("turned to it") };
  Object.defineProperty(self, "clients", { configurable: true, value: {
    matchAll: async () => [open], openWindow: (address) => done.push(address) } });
  const click = new Event("notificationclick");
  click.notification = { close: () => done.push("closed"), data: { link } };
  const waits = [];
  click.waitUntil = (promise) => waits.push(promise);
  self.dispatchEvent(click);
  await Promise.all(waits);
  return done;
}"""


@pytest.fixture
def service():
    with running_taker() as taker:
        yield taker


@pytest.fixture
def subscribes(service):
    """Gives somebody's browser a push service within reach; returns what opens its messages."""

    def subscribes(person, name):
        browser = Browser()
        device = browser.subscribes(f"{service.url}/{name}")
        keys = {"p256dh": device.p256dh, "auth": device.auth}
        said = json.dumps({"endpoint": device.endpoint, "keys": keys})
        person.context.add_init_script(SUBSCRIBES % said)
        person.context.grant_permissions(["notifications"])
        return browser

    return subscribes


def pushed(service, path):
    """The messages that arrived for one browser; waits for the worker to send the first."""
    until = time.monotonic() + 25
    while time.monotonic() < until:
        if found := [posted for posted in service.posted if posted.path == path]:
            return found
        time.sleep(0.2)
    raise AssertionError(f"nothing was pushed to {path}")


def hands_over(person, shown):
    """To the service worker, as the browser does with what it has opened."""
    session = person.context.new_cdp_session(person.page)
    registrations = []
    session.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: registrations.extend(event["registrations"]),
    )
    session.send("ServiceWorker.enable")
    person.page.wait_for_timeout(300)
    session.send(
        "ServiceWorker.deliverPushMessage",
        {
            "origin": person.counsel.address,
            "registrationId": registrations[-1]["registrationId"],
            "data": json.dumps(shown),
        },
    )
    person.page.wait_for_timeout(500)


def test_a_phone_is_turned_on_tried_pushed_to_and_removed(counsel, arrive, service, subscribes):
    email = counsel.new_client("Linnea")
    linnea = arrive()
    phone = subscribes(linnea, "phone")
    linnea.sign_in_by_password(email)
    linnea.opens("/my/settings/messages/")
    linnea.follow("Notifications", exact=True)
    linnea.look("notifications-off")
    linnea.type("A name for this device", "My phone")
    linnea.tap("Turn on here")
    linnea.see("Notifications are on for this device.")
    linnea.see("this device")
    linnea.look("notifications-on")

    linnea.tap("Send a test")
    linnea.see("Sent. It should appear")
    shown = phone.opens(pushed(service, "/phone")[0].body)
    hands_over(linnea, shown)
    assert linnea.page.evaluate(SHOWN) == [shown]
    assert shown["title"] == "A message for you"

    service.posted.clear()
    counsel.does(BOOK.format(email=email))
    counsel.lets_grace_pass()
    (posted,) = pushed(service, "/phone")
    assert claims_of(posted)["aud"] == service.url
    shown = phone.opens(posted.body)
    assert shown["link"].startswith(counsel.address)
    # Handed over twice, it shows once.
    hands_over(linnea, shown)
    hands_over(linnea, shown)
    assert linnea.page.evaluate(SHOWN).count(shown) == 1

    (worker,) = linnea.context.service_workers
    own = counsel.address
    assert worker.evaluate(CLICKED, shown["link"]) == ["closed", shown["link"]]
    assert worker.evaluate(CLICKED, f"{own}/my/") == ["closed", "turned to it"]
    assert worker.evaluate(CLICKED, "https://elsewhere.example/my/") == ["closed"]

    linnea.tap("Remove")
    linnea.see("Nothing is sent to it any more.")
    assert linnea.page.evaluate("localStorage.getItem('subscribed')") is None
    linnea.see("Turn on here")


def test_a_browser_moves_to_whoever_signs_in_and_turns_it_on(counsel, arrive, subscribes):
    first, second = counsel.new_client("Olu"), counsel.new_client("Solveig")
    shared = arrive()
    subscribes(shared, "shared")
    for email in (first, second):
        shared.sign_in_by_password(email)
        shared.opens("/my/settings/devices/")
        shared.tap("Turn on here")
        shared.see("Notifications are on for this device.")
        if email == first:
            shared.context.clear_cookies()
    shared.see("this device")
    owners = "from clients.models import PushDevice as D; "
    owners += "print(*D.objects.filter(endpoint__endswith='/shared').values_list('client__email'))"
    assert second in counsel.does(owners) and first not in counsel.does(owners)


def test_the_page_says_kindly_what_stands_in_the_way(counsel, arrive):
    email = counsel.new_client("Quin")
    without_scripts = arrive(java_script_enabled=False)
    without_scripts.sign_in_by_password(email)
    without_scripts.opens("/my/settings/devices/")
    without_scripts.see("needs JavaScript")
    without_scripts.not_see("Turn on here")

    iphone = arrive(user_agent="Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari")
    iphone.context.add_init_script("delete window.PushManager")
    iphone.sign_in_by_password(email)
    iphone.opens("/my/settings/devices/")
    iphone.see("Add to Home Screen")
    iphone.look("notifications-home-screen")

    refusing = arrive()
    refusing.context.add_init_script(
        "Object.defineProperty(Notification, 'permission', { get: () => 'denied' })"
    )
    refusing.sign_in_by_password(email)
    refusing.opens("/my/settings/devices/")
    refusing.see("has been told to show nothing")
    refusing.not_see("Turn on here")
