"""How much of a calendar, and of somebody's mailbox, strangers can take up."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client as Browser

from clients.models import Client
from clients.selectors import current_consent
from clients.services import consent_documents_load
from sessions.models import Consultation, Hold, WaitingEntry
from tests.factories import make_counsellor, make_portal_client, make_rule, make_service
from tests.sessions.asking import MONDAY_TEN, NOW

pytestmark = pytest.mark.django_db
JOIN = "/c/ada/meeting/waiting/"


@pytest.fixture(autouse=True)
def clock():
    cache.clear()
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def service():
    consent_documents_load()
    counsellor = make_counsellor(slug="ada")
    for day in range(5):
        make_rule(counsellor=counsellor, weekday=day, starts=time(9), ends=time(17))
    return make_service(counsellor=counsellor, slug="meeting", length=50, buffer_after=10)


def ask(browser, number, email, **where):
    """The number is of the hour, counted on from the first of the counsellor's week."""
    start = MONDAY_TEN + timedelta(days=number // 6, hours=number % 6)
    form = {
        "name": "Anna",
        "email": email,
        "agree": "on",
        "zone": "Europe/London",
        "key": f"{number:032d}",
        "document": str(current_consent("booking", "en-gb").pk),
    }
    return browser.post(f"/c/ada/meeting/{start:%Y%m%dT%H%MZ}/", form, **where).status_code


def join(browser, email, **where):
    form = {"name": "Anna", "email": email, "zone": "Europe/London"}
    return browser.post(JOIN, form, **where).status_code


def test_one_connection_keeps_few_times_whatever_addresses_it_types(client, service, clock):
    for round_ in range(3):
        for number in range(8):
            ask(client, 8 * round_ + number, f"p{round_}-{number}@example.org")
        clock.shift(timedelta(minutes=9))
    assert Hold.objects.filter(state="open").count() == 10
    assert ask(client, 24, "z@example.org") == 429
    assert ask(client, 24, "z@example.org", REMOTE_ADDR="10.9.8.7") == 302


def test_what_was_refused_counts_for_nothing(client, service):
    assert ask(client, 0, "a@example.org", REMOTE_ADDR="10.9.8.7") == 302
    for number in range(12):
        assert ask(client, 0, f"p{number}@example.org") == 409
    assert ask(client, 1, "z@example.org") == 302


def test_one_connection_has_few_strangers_written_to(client, service):
    statuses = [join(client, f"p{number}@example.org") for number in range(12)]
    assert statuses == [200] * 10 + [429] * 2
    assert WaitingEntry.objects.count() == 10


def test_all_names_of_one_mailbox_are_one(client, service):
    statuses = [
        join(client, f"ada+{number}@example.org", REMOTE_ADDR=f"10.9.8.{number}")
        for number in range(12)
    ]
    assert statuses == [200] * 10 + [429] * 2


def test_who_is_signed_in_is_not_kept_out_by_others_typing_the_address(service):
    anna = make_portal_client(counsellor=service.counsellor, email="anna@example.org")
    own = Browser()
    own.force_login(anna.user)
    for number in range(11):
        join(Browser(), anna.email, REMOTE_ADDR=f"10.9.8.{number}")
    assert ask(Browser(), 0, anna.email) == 429
    assert ask(own, 0, anna.email) == 302
    assert Consultation.objects.get().client == Client.objects.get()
