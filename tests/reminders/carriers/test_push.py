"""Notifications, pushed to a service on this machine and opened by browsers of the tests' own."""

from __future__ import annotations

import time
from datetime import UTC, timedelta

import pytest
from http_ece import ECEException

from counsel.common.network import AddressRefused, Network
from counsel.common.vapid import vapid_key_make
from counsel.reminders.carriers import available_channels, checks, push
from counsel.reminders.carriers.base import Refusal, Verdict
from counsel.reminders.carriers.push import PushCarrier
from counsel.reminders.carriers.push_services import endpoint_url, origin_of, service_network
from counsel.reminders.dispatch import dispatch_due
from counsel.reminders.models import Channel, State
from counsel.reminders.registry import Message, Reach
from tests.common.taker import running_taker
from tests.reminders.carriers.browser import Browser, claims_of
from tests.reminders.conftest import NOW, ended

ELSEWHERE = "https://diary.example.org"


@pytest.fixture(autouse=True)
def _key(settings):
    settings.VAPID_KEY = vapid_key_make()
    settings.VAPID_CONTACT = "mailto:somebody@diary.example.org"


@pytest.fixture
def service():
    with running_taker() as taker:
        yield taker


@pytest.fixture
def phone():
    return Browser()


@pytest.fixture
def tablet():
    return Browser()


@pytest.fixture
def knock(knock, service, phone, tablet):
    """To somebody with two devices."""
    devices = (
        phone.subscribes(f"{service.url}/phone"),
        tablet.subscribes(f"{service.url}/tablet"),
    )
    knock.reach = Reach("", "en-gb", UTC, devices=devices)
    knock.message = Message("Your appointment", "It is tomorrow.\n", link=f"{ELSEWHERE}/a")
    return knock


@pytest.fixture
def carrier():
    carrier = PushCarrier()
    yield carrier
    carrier.close()


@pytest.fixture
def row(plan):
    return plan(channel="push")


def carry(carrier, knock, row):
    carrier.open()
    carrier.send(carrier.pack(row, knock.reach, knock.message))


def refused(carrier, knock, row):
    with pytest.raises(Refusal) as refusal:
        carry(carrier, knock, row)
    return refusal.value


# --- What goes out --------------------------------------------------------------------------


def test_every_device_gets_what_only_it_can_open(
    clock, carrier, knock, row, service, phone, tablet
):
    carry(carrier, knock, row)

    to_phone, to_tablet = service.posted
    assert (to_phone.path, to_tablet.path) == ("/phone", "/tablet")
    shown = {
        "title": "A message for you",
        "body": "Your appointment",
        "link": f"{ELSEWHERE}/a",
        "tag": row.pk.hex,
    }
    assert phone.opens(to_phone.body) == tablet.opens(to_tablet.body) == shown
    with pytest.raises(ECEException):
        tablet.opens(to_phone.body)


def test_the_push_service_learns_who_sends_and_how_long_it_keeps(
    clock, carrier, knock, row, service, settings
):
    carry(carrier, knock, row)
    posted = service.posted[0]

    assert claims_of(posted) == {
        "aud": service.url,
        "sub": "mailto:somebody@diary.example.org",
        "exp": int(NOW.timestamp()) + 12 * 3600,
        "key": settings.VAPID_KEY.public,
    }
    sent = {name: posted.headers[name] for name in ("ttl", "urgency", "topic", "content-encoding")}
    assert sent == {
        "ttl": str(12 * 3600),
        "urgency": "normal",
        "topic": row.pk.hex,
        "content-encoding": "aes128gcm",
    }
    assert not any(word in str(posted.headers) for word in ("appointment", "diary.example.org/a"))


def test_not_even_its_length_tells(carrier, knock, row, service):
    for words in ("Yours", "Yours is tomorrow at 17:00"):
        knock.message = Message("Subject", "Body", short=words, link=f"{ELSEWHERE}/a")
        carry(carrier, knock, row)
    assert len({len(posted.body) for posted in service.posted}) == 1


def test_short_words_go_before_the_subject_and_end_somewhere(carrier, knock, row, service, phone):
    knock.message = Message("Subject", "Body", short="ü" * 5_000)
    carry(carrier, knock, row)
    shown = phone.opens(service.posted[0].body)
    assert shown["body"] == "ü" * 199 + "…"
    assert shown["link"] == "http://127.0.0.1:8000/"
    # More than this no service need take (RFC 8030, 7.2).
    assert len(service.posted[0].body) <= 4096


def test_a_batch_goes_over_one_line_and_under_one_signature(plan, knock, service):
    for number in range(3):
        plan(number, channel="push")
    assert dispatch_due().sent == 3
    assert len({posted.line for posted in service.posted}) == 1
    assert len({posted.headers["authorization"] for posted in service.posted}) == 1


# --- What comes back ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        *((401, Verdict.LATER), (403, Verdict.LATER)),
        *((429, Verdict.LATER), (408, Verdict.LATER), (500, Verdict.LATER), (503, Verdict.LATER)),
        *((400, Verdict.FINAL), (413, Verdict.FINAL), (301, Verdict.FINAL)),
        *((404, Verdict.FINAL), (410, Verdict.FINAL)),
    ],
)
def test_each_answer_has_its_meaning(clock, carrier, knock, row, service, status, verdict):
    service.says(status, Retry_After="90")
    refusal = refused(carrier, knock, row)
    assert (refusal.verdict, refusal.code) == (verdict, status)
    assert refusal.wait == timedelta(seconds=90)
    gone = [device.endpoint for device in knock.reach.devices]
    assert knock.refused == (gone if status in {404, 410} else [])


@pytest.mark.parametrize("other", [404, 410, 413, 429, 500, 403])
def test_one_device_is_enough(plan, knock, service, other):
    """A device that is gone is told of; for the rest nobody is pushed to twice."""
    service.says(other, path="/phone")
    row = plan(channel="push")
    assert dispatch_due().sent == 1
    assert ended(row)[0] == State.SENT
    assert knock.refused == ([f"{service.url}/phone"] if other in {404, 410} else [])
    assert dispatch_due().taken == 0
    assert [posted.path for posted in service.posted] == ["/phone", "/tablet"]


def test_what_no_device_took_is_tried_again_by_those_that_are_left(clock, plan, knock, service):
    service.says(410, path="/phone")
    service.says(503, path="/tablet")
    row = plan(channel="push")
    assert dispatch_due().later == 1
    knock.reach = Reach("", "en-gb", UTC, devices=knock.reach.devices[1:])
    service.answers.clear()
    clock.shift(timedelta(hours=2))
    assert dispatch_due().sent == 1
    assert [posted.path for posted in service.posted] == ["/phone", "/tablet", "/tablet"]
    assert len({posted.headers["topic"] for posted in service.posted}) == 1
    assert ended(row)[0] == State.SENT


def test_what_may_have_been_taken_is_uncertain(carrier, knock, row, service, monkeypatch):
    monkeypatch.setattr(push, "DEVICE_SECONDS", 0.3)
    service.answers["/phone"] = lambda handler: time.sleep(1)
    service.says(503, path="/tablet")
    assert refused(carrier, knock, row).verdict is Verdict.CUT_OFF


def test_all_devices_together_have_an_end(carrier, knock, row, service, monkeypatch):
    monkeypatch.setattr(push, "SECONDS", 0.3)
    service.answers["/phone"] = lambda handler: time.sleep(1)
    begun = time.monotonic()
    assert refused(carrier, knock, row).verdict is Verdict.CUT_OFF
    assert time.monotonic() - begun < 2
    assert [posted.path for posted in service.posted] == ["/phone"]


def test_nobody_there_is_for_later(carrier, knock, row, phone):
    knock.reach = Reach("", "en-gb", UTC, devices=(phone.subscribes("http://127.0.0.1:9/x"),))
    assert refused(carrier, knock, row).verdict is Verdict.LATER


def test_without_a_device_nothing_is_sent(plan, knock):
    knock.reach = Reach("", "en-gb", UTC)
    row = plan(channel="push")
    dispatch_due()
    assert ended(row) == (State.FAILED, "there is no address to send it to")


# --- Where it never goes --------------------------------------------------------------------


@pytest.mark.parametrize(
    "endpoint",
    [
        *("http://push.example/a", "https://10.0.0.1/a", "https://[2606:4700::1]/a", "ftp://x/"),
        *("https://127.0.0.1/a", "http://127.0.0.1/a", "http://localhost/a", "https://u:p@x.org/"),
        *("", "https://", "http://[::1", "https://169.254.169.254/latest"),
    ],
)
def test_no_browser_leads_us_inside(settings, endpoint):
    settings.BASE_URL = ELSEWHERE
    with pytest.raises(AddressRefused):
        endpoint_url(endpoint)


def test_a_device_inside_gets_nothing_and_the_others_theirs(carrier, knock, row, settings, phone):
    settings.BASE_URL = ELSEWHERE
    devices = (*knock.reach.devices, phone.subscribes("https://push.example.net/a"))
    parcel = carrier.pack(row, Reach("", "en-gb", UTC, devices=devices), knock.message)
    assert [envelope.endpoint for envelope in parcel.envelopes] == ["https://push.example.net/a"]


def test_a_name_that_leads_inside_gets_nothing(carrier, knock, row, settings, service, phone):
    settings.BASE_URL = ELSEWHERE
    inside = Network(resolve=lambda name, port: ["127.0.0.1"], allows=service_network().allows)
    carrier._pusher._poster._network = inside
    device = phone.subscribes("https://push.example.net/a")
    knock.reach = Reach("", "en-gb", UTC, devices=(device,))
    refusal = refused(carrier, knock, row)
    assert (refusal.verdict, refusal.what) == (Verdict.LATER, "AddressRefused")
    assert knock.refused == []


def test_on_this_machine_alone_a_service_here_will_do():
    for endpoint in ("http://127.0.0.1:8026/a", "http://localhost/a", "https://push.example.net/a"):
        assert endpoint_url(endpoint).url == endpoint
    for endpoint in ("http://127.0.0.2/a", "ftp://127.0.0.1/a", "http://[::1]/a", "http://[::1"):
        with pytest.raises(AddressRefused):
            endpoint_url(endpoint)


@pytest.mark.parametrize(
    ("endpoint", "origin"),
    [
        ("https://push.example.net/a?b", "https://push.example.net"),
        ("https://push.example.net:443/a", "https://push.example.net"),
        ("https://push.example.net:8443/a", "https://push.example.net:8443"),
    ],
)
def test_it_is_signed_for_the_service_alone(endpoint, origin):
    assert origin_of(endpoint_url(endpoint)) == origin


# --- The settings ---------------------------------------------------------------------------


def test_without_a_key_the_channel_is_not_there(plan, knock, settings, service):
    assert Channel.PUSH in available_channels()
    settings.VAPID_KEY = None
    assert Channel.PUSH not in available_channels()
    row = plan(channel="push")
    dispatch_due()
    assert ended(row) == (State.SKIPPED, "messages are not sent this way here any more")
    assert service.posted == []


@pytest.mark.parametrize(
    ("contact", "found"),
    [
        ("mailto:somebody@diary.example.org", []),
        ("https://diary.example.org", []),
        ("", []),
        ("mailto:therapy@diary.example.org", ["reminders.W013"]),
        ("mailto:practice@localhost", ["reminders.W014"]),
        ("mailto:practice@house.local", ["reminders.W014"]),
    ],
)
def test_a_contact_is_looked_at(settings, contact, found):
    settings.VAPID_CONTACT = contact
    assert [message.id for message in checks.check_contact()] == found
