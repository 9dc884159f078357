"""Browsers on which a client gets notifications: turned on, tried, taken away, nobody else's."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse

from clients import replanning
from clients.models import Client, PushDevice
from clients.reach import devices_of, reach, refused
from clients.services import device_add, device_remove
from clients.services.devices import MOST_DEVICES, device_try
from counsel.common.errors import DomainError
from counsel.common.vapid import vapid_key_make
from counsel.reminders.models import Reminder
from counsel.reminders.registry import Device, Reach, ReminderKind, Skip, register_kind
from counsel.reminders.words import assert_neutral
from tests.common.taker import running_taker
from tests.factories import make_client, make_device, make_portal_client
from tests.reminders.carriers.browser import Browser, base64url

pytestmark = pytest.mark.django_db
PAGE = "/my/settings/devices/"
NOW = datetime(2030, 1, 31, 12, tzinfo=UTC)
ENDPOINT = "https://push.example.net/a"
COMPRESSED = "036b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"


@pytest.fixture(autouse=True)
def _key(settings):
    settings.VAPID_KEY = vapid_key_make()
    settings.VAPID_CONTACT = "mailto:somebody@diary.example.org"


@pytest.fixture
def anna():
    return make_portal_client(name="Anna Berg")


@pytest.fixture
def planned(monkeypatch):
    """For whom the ledger was planned anew."""
    asked = []
    monkeypatch.setattr(replanning, "_replanners", [lambda who, now: asked.append(who.pk)])
    return asked


def wording(who):
    return Client.objects.get(pk=who.pk).push_wording


def add(who, endpoint=ENDPOINT, label="Phone"):
    return device_add(client=who, device=Browser().subscribes(endpoint), label=label)


def endpoints(who):
    return [device.endpoint for device in devices_of(who)]


# --- Turning on -------------------------------------------------------------------------------


def test_a_device_that_is_turned_on_gets_neutral_words(anna, planned, settings):
    device = add(anna, label=" Phone ")
    assert (device.label, device.server_key) == ("Phone", settings.VAPID_KEY.public)
    assert endpoints(anna) == [ENDPOINT]
    assert (wording(anna), planned) == ("neutral", [anna.pk])


def test_who_chose_plain_words_keeps_them(anna, planned):
    Client.objects.filter(pk=anna.pk).update(push_wording="plain")
    add(anna)
    assert (wording(anna), planned) == ("plain", [])


def test_the_same_browser_twice_is_one_with_its_newest_keys(anna):
    first = add(anna)
    with time_machine.travel(NOW, tick=False):
        second = add(anna, label="Old phone")
    assert first.pk == second.pk
    assert devices_of(anna) == (Device(ENDPOINT, second.p256dh, second.auth),)
    assert (second.label, second.created_at) == ("Old phone", NOW)


def test_a_browser_moves_to_whoever_turns_it_on_there(anna):
    ben = make_portal_client(name="Ben")
    add(anna)
    add(anna, "https://push.example.net/tablet")
    add(ben)
    assert endpoints(anna) == ["https://push.example.net/tablet"]
    assert endpoints(ben) == [ENDPOINT]


def test_the_database_knows_one_person_for_a_browser(anna):
    make_device(client=anna, endpoint=ENDPOINT)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_device(endpoint=ENDPOINT)


def test_there_are_only_so_many(anna):
    for number in range(MOST_DEVICES):
        add(anna, f"{ENDPOINT}/{number}")
    with pytest.raises(DomainError, match="Remove one first"):
        add(anna)
    # One of them anew is none more.
    add(anna, f"{ENDPOINT}/0")
    assert len(endpoints(anna)) == MOST_DEVICES


def test_without_a_key_nothing_is_turned_on(anna, settings):
    settings.VAPID_KEY = None
    with pytest.raises(DomainError, match="not sent here"):
        add(anna)


def test_without_a_key_nothing_is_tried(anna, settings):
    device = add(anna)
    settings.VAPID_KEY = None
    with pytest.raises(DomainError, match="not sent here"):
        device_try(device=device)


# --- Where messages go ------------------------------------------------------------------------


@pytest.fixture
def row(monkeypatch):
    from counsel.reminders import registry

    monkeypatch.setattr(registry, "_kinds", dict(registry._kinds))
    register_kind(ReminderKind("knock", "knock", lambda *a: None, lambda *a: None, ("push",)))

    def row(who):
        return Reminder(kind="knock", person=f"client:{who.pk}", channel="push")

    return row


def test_all_devices_of_the_person_are_reached_whichever_counsellor_it_is_about(anna, row):
    also_anna = make_client(user=anna.user, push_wording="neutral")
    add(anna)
    found = reach(row(also_anna))
    assert isinstance(found, Reach)
    assert [device.endpoint for device in found.devices] == [ENDPOINT]


def test_who_has_no_sign_in_has_no_devices(row):
    """Nor those of others without one."""
    anna, ben = make_client(push_wording="neutral"), make_client()
    make_device(client=ben)
    assert reach(row(anna)) == Skip("none of their devices takes notifications")


def test_one_turned_on_under_another_key_of_ours_is_not_used(anna, row, settings):
    add(anna)
    settings.VAPID_KEY = vapid_key_make()
    assert isinstance(reach(row(anna)), Skip)
    settings.VAPID_KEY = None
    assert isinstance(reach(row(anna)), Skip)


def test_one_that_is_gone_is_forgotten_and_the_wish_stays(anna, row):
    add(anna)
    add(anna, "https://push.example.net/tablet")
    refused(row(anna), ENDPOINT)
    assert endpoints(anna) == ["https://push.example.net/tablet"]
    refused(row(anna), "https://push.example.net/tablet")
    assert wording(anna) == "neutral"


# --- Taking away ------------------------------------------------------------------------------


def test_with_the_last_device_the_wish_goes_too(anna, planned):
    phone, tablet = add(anna), add(anna, "https://push.example.net/tablet")
    device_remove(device=phone)
    assert wording(anna) == "neutral"
    planned.clear()
    device_remove(device=tablet)
    assert (wording(anna), planned) == ("none", [anna.pk])


# --- The page ---------------------------------------------------------------------------------


def typed(settings, **fields):
    browser = Browser().subscribes(ENDPOINT)
    return {
        "label": "Phone",
        "endpoint": browser.endpoint,
        "p256dh": browser.p256dh,
        "auth": browser.auth,
        "server_key": settings.VAPID_KEY.public,
        **fields,
    }


def test_the_page_takes_what_the_browser_says(client, anna, settings):
    client.force_login(anna.user)
    assert client.post(PAGE, typed(settings))["Location"] == PAGE
    assert endpoints(anna) == [ENDPOINT]
    page = client.get(PAGE).content.decode()
    assert "Phone" in page
    assert f'data-key="{settings.VAPID_KEY.public}"' in page
    # Whoever sees the page cannot push there.
    assert ENDPOINT not in page


@pytest.mark.parametrize(
    "wrong",
    [
        *({"endpoint": ""}, {"endpoint": "http://push.example.net/a"}, {"endpoint": "x" * 1001}),
        *({"endpoint": "https://10.0.0.1/a"}, {"endpoint": "https://127.0.0.1/a"}),
        {"endpoint": "https://push.example.net/" + "a" * 1000},
        *({"p256dh": ""}, {"p256dh": "AAAA"}, {"p256dh": base64url(b"\x04" + b"x" * 64)}),
        # A point of the curve in fewer bytes, which no message can be sealed with.
        {"p256dh": base64url(bytes.fromhex(COMPRESSED))},
        *({"auth": ""}, {"auth": "AAAA"}, {"auth": "ü"}),
        *({"server_key": ""}, {"server_key": "another"}),
        *({"label": "x" * 61}, {"label": "a\x00b"}),
    ],
)
def test_nonsense_is_refused_in_words_and_the_name_stays(client, anna, settings, wrong):
    settings.BASE_URL = "https://diary.example.org"
    client.force_login(anna.user)
    answer = client.post(PAGE, typed(settings, **wrong))
    assert answer.status_code == 422
    assert answer.context["form"].errors
    assert "Please look at this again" in answer.content.decode()
    assert answer.context["form"]["label"].value() == wrong.get("label", "Phone")
    assert not PushDevice.objects.exists()


def test_the_name_of_the_device_is_guessed(client, anna):
    client.force_login(anna.user)
    agent = "Mozilla/5.0 (Android 15; Mobile) Gecko/20100101 Firefox/140.0"
    page = client.get(PAGE, headers={"user-agent": agent})
    assert page.context["form"]["label"].value() == "Firefox on Android"


def test_without_a_key_the_page_says_so_and_devices_can_be_removed(client, anna, settings):
    device = add(anna)
    settings.VAPID_KEY = None
    client.force_login(anna.user)
    page = client.get(PAGE).content.decode()
    assert "We send no notifications" in page
    assert "js/devices" not in page
    client.post(reverse("clients:device_remove", args=[device.pk]))
    assert not PushDevice.objects.exists()
    assert client.post(PAGE, {"endpoint": ENDPOINT}).status_code == 422


@pytest.mark.parametrize("act", ["remove", "test"])
def test_nobody_does_anything_with_the_devices_of_others(client, anna, act):
    device = add(anna)
    client.force_login(make_portal_client().user)
    assert client.post(reverse(f"clients:device_{act}", args=[device.pk])).status_code == 404
    assert PushDevice.objects.exists()


def test_the_page_needs_as_many_queries_for_ten_devices(client, anna, django_assert_num_queries):
    client.force_login(anna.user)
    add(anna)
    client.get(PAGE)
    with django_assert_num_queries(4):
        client.get(PAGE)
    for number in range(MOST_DEVICES - 1):
        add(anna, f"{ENDPOINT}/{number}")
    with django_assert_num_queries(4):
        client.get(PAGE)


def test_the_way_there_stands_where_it_can_be_gone(client, anna, settings):
    client.force_login(anna.user)
    link = f'href="{PAGE}"'
    assert link in client.get("/my/settings/messages/").content.decode()
    settings.VAPID_KEY = None
    assert link not in client.get("/my/settings/messages/").content.decode()


# --- Trying it --------------------------------------------------------------------------------


@pytest.fixture
def service():
    with running_taker() as taker:
        yield taker


@pytest.fixture
def trying(client, anna, service):
    """Has a test notification sent; gives what the page says then, and what the device shows."""
    browser = Browser()
    device = device_add(client=anna, device=browser.subscribes(f"{service.url}/a"), label="Phone")
    client.force_login(anna.user)

    def trying():
        page = client.post(reverse("clients:device_test", args=[device.pk]), follow=True)
        said = " ".join(str(message) for message in page.context["messages"])
        return said, [browser.opens(posted.body) for posted in service.posted]

    return trying


def test_a_test_shows_neutral_words_on_that_device(trying, anna):
    add(anna)
    said, shown = trying()
    assert "Sent" in said
    assert shown == [
        {
            "title": "A message for you",
            "body": "This is how it looks here.",
            "link": f"http://127.0.0.1:8000{PAGE}",
            "tag": "test",
        }
    ]
    assert assert_neutral(json.dumps(shown)) == []


def test_a_test_tells_that_a_device_is_gone(trying, service, anna):
    service.says(410)
    said, _shown = trying()
    assert "removed it" in said
    assert (endpoints(anna), wording(anna)) == ([], "none")


@pytest.mark.parametrize("status", [403, 413, 500])
def test_a_test_that_is_not_taken_says_so_and_harms_nothing(trying, service, anna, status):
    service.says(status)
    said, _shown = trying()
    assert "could not be sent" in said
    assert len(endpoints(anna)) == 1


def test_tests_are_sent_only_so_often(trying, service):
    for _time in range(7):
        said, _shown = trying()
    assert "quite often" in said
    assert len(service.posted) == 6


# --- What browsers ask for ----------------------------------------------------------------------


def test_the_worker_shows_notifications_and_keeps_no_page(client):
    answer = client.get("/sw.js")
    script = answer.content.decode()
    assert answer["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer["Cache-Control"] == "no-cache"
    assert re.findall(r'addEventListener\("(\w+)"', script) == [
        *("install", "push", "notificationclick")
    ]
    assert "caches" not in script and "fetch" not in script
    assert "worker-src 'self'" in answer["Content-Security-Policy"]


def test_the_home_screen_shows_the_name_of_the_practice_alone(client, settings):
    settings.PRACTICE_NAME = "Number 12"
    answer = client.get("/manifest.webmanifest")
    assert answer["Content-Type"] == "application/manifest+json"
    manifest = answer.json()
    assert (manifest["name"], manifest["short_name"]) == ("Number 12", "Number 12")
    assert (manifest["display"], manifest["start_url"]) == ("standalone", "/start/")
    assert assert_neutral(answer.content.decode()) == []
