"""A provider's news by its webhook, through the whole way: address, secret, row."""

from __future__ import annotations

import base64
import json

import pytest
from django.core import mail
from django.core.exceptions import ImproperlyConfigured
from django.urls import include, path
from django.utils import timezone

from clients.reach import person_of
from clients.services import invitation_send
from counsel import env
from counsel.reminders.dispatch import dispatch_due
from counsel.reminders.event_urls import routes
from counsel.reminders.models import Reminder
from counsel.urls import urlpatterns as ours
from tests.factories import make_client

pytestmark = pytest.mark.django_db
SECRET = "postmark:0123456789abcdefghij"
POSTMARK = "anymail.backends.postmark.EmailBackend"

urlpatterns = [path("mail-events/", include((routes(POSTMARK, SECRET), "events"))), *ours]


@pytest.fixture(autouse=True)
def _provider(settings):
    settings.ROOT_URLCONF = __name__
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET}


@pytest.fixture
def anna():
    anna = make_client(email="anna@example.net")
    invitation_send(client=anna)
    dispatch_due(timezone.now())
    return anna


def tell(client, secret=SECRET, **event):
    given = {
        "RecordType": "Bounce",
        "Type": "HardBounce",
        "TypeCode": 1,
        "MessageID": "a provider's own",
        "Email": "anna@example.net",
        "BouncedAt": "2030-02-04T09:12:31Z",
        "Metadata": mail.outbox[0].metadata,
        **event,
    }
    credentials = base64.b64encode(secret.encode()).decode()
    return client.post(
        "/mail-events/postmark/tracking/",
        json.dumps(given),
        content_type="application/json",
        headers={"authorization": f"Basic {credentials}"} if secret else {},
    )


def row_of(anna):
    return Reminder.objects.get(person=person_of(anna))


def is_refused(anna):
    anna.refresh_from_db()
    return anna.email_refused_at is not None


def test_a_bounce_stops_what_follows(client, anna):
    assert tell(client).status_code == 200
    assert (row_of(anna).state, row_of(anna).reason) == ("failed", "came back (bounced)")
    assert is_refused(anna)


@pytest.mark.parametrize(
    ("event", "state", "refused"),
    [
        ({"RecordType": "SpamComplaint", "Type": "SpamComplaint"}, "failed", True),
        ({"Type": "Transient", "TypeCode": 2}, "sent", False),
        ({"Type": "Blocked", "TypeCode": 100006}, "failed", False),
        ({"RecordType": "Delivery", "DeliveredAt": "2030-02-04T09:12:31Z"}, "sent", False),
        ({"RecordType": "Open"}, "sent", False),
        ({"Metadata": {}}, "sent", False),
        ({"Metadata": {"row": "x"}}, "sent", False),
        ({"Metadata": {"row": "0" * 32}}, "sent", False),
        ({"Email": "ben@example.net"}, "failed", False),
    ],
)
def test_each_kind_of_news_counts_for_what_it_is(client, anna, event, state, refused):
    assert tell(client, **event).status_code == 200
    assert row_of(anna).state == state
    assert is_refused(anna) == refused


@pytest.mark.parametrize("secret", ["", "postmark:wrong", "somebody:0123456789abcdefghij"])
def test_without_the_secret_it_is_nobody(client, anna, secret):
    assert tell(client, secret).status_code == 400
    assert row_of(anna).state == "sent"


def test_only_the_provider_in_use_has_an_address():
    assert [route.name for route in routes(POSTMARK, SECRET)] == ["postmark_tracking_webhook"]
    assert routes(POSTMARK, "") == []
    assert routes("counsel.reminders.smtp.EmailBackend", SECRET) == []


@pytest.mark.parametrize("value", ["short", "user:short", ":0123456789abcdefghij"])
def test_a_secret_that_could_be_guessed_stops_the_start(monkeypatch, value):
    monkeypatch.setenv("COUNSEL_WEBHOOK_SECRET", value)
    with pytest.raises(ImproperlyConfigured):
        env.webhook_secret("COUNSEL_WEBHOOK_SECRET")
