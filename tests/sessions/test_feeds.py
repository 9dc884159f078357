"""Appointments at a secret address, as calendar programs read them."""

from __future__ import annotations

import hashlib
import logging
import re
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
import vobject
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients.models import Client
from counsel.common.logs import QuietFormatter
from sessions.models import CalendarFeed, Side, Status
from sessions.services import (
    consultation_book,
    consultation_cancel,
    consultation_reschedule,
    feed_end,
    feed_make,
    feed_of,
)
from sessions.views import feeds
from tests.factories import (
    make_client,
    make_consultation,
    make_counsellor,
    make_portal_client,
    make_service,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 1, 3, 9, tzinfo=UTC)
DAY = timedelta(days=1)
PAGE = "/my/appointments/calendar/"
DESK = "/admin/consultations/importedcalendar/"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def ada():
    return make_counsellor(display_name="Dr Ada Canary")


@pytest.fixture
def anna(ada):
    return make_portal_client(counsellor=ada, name="Anna Canary")


@pytest.fixture
def service(ada):
    return make_service(counsellor=ada, name="Canary therapy", place_details="Canary House")


def get(secret, **headers):
    """By a program: no cookies, nobody signed in."""
    return Browser().get(f"/calendar/{secret}.ics", headers=headers or None)


def events(answer):
    assert answer.status_code == 200
    return vobject.readOne(answer.content.decode()).contents.get("vevent", [])


def starts(answer):
    return [event.dtstart.value.astimezone(UTC) for event in events(answer)]


def text(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


# --- What is read ---------------------------------------------------------------------------


def test_it_says_when_and_nothing_else(ada, anna, service):
    make_consultation(client=anna, service=service, starts_at=NOW + DAY)
    make_consultation(client=anna, service=service, starts_at=NOW + 2 * DAY, status="pending")
    for owner in (ada, anna):
        answer = get(feed_make(owner=owner))
        assert answer["Content-Type"] == "text/calendar; charset=utf-8"
        assert [event.summary.value for event in events(answer)] == [
            "Appointment",
            "Appointment (not confirmed)",
        ]
        for event in events(answer):
            assert set(event.contents) == {
                *("uid", "sequence", "dtstamp", "dtstart", "dtend", "summary", "status")
            }
        assert "Canary" not in answer.content.decode()


def test_each_reads_their_own(ada, anna, service):
    other = make_client(counsellor=ada)
    strange = make_consultation(starts_at=NOW + DAY)
    make_consultation(client=anna, service=service, starts_at=NOW + DAY)
    make_consultation(client=other, service=service, starts_at=NOW + 2 * DAY)
    assert starts(get(feed_make(owner=anna))) == [NOW + DAY]
    assert starts(get(feed_make(owner=ada))) == [NOW + DAY, NOW + 2 * DAY]
    ids = [event.uid.value for event in events(get(feed_make(owner=ada)))]
    assert str(strange.pk) not in ids


def test_it_reaches_ninety_days_back_and_a_year_ahead(anna, service):
    for days in (-91, -90, 0, 364, 365):
        start = NOW + days * DAY
        make_consultation(client=anna, service=service, starts_at=start, status="completed")
    assert starts(get(feed_make(owner=anna))) == [NOW + days * DAY for days in (-90, 0, 364)]


def test_a_moved_one_is_the_same_event_further_on(anna, service):
    booked = consultation_book(service=service, client=anna, starts_at=NOW + 5 * DAY)
    secret = feed_make(owner=anna)
    (before,) = events(get(secret))
    consultation_reschedule(consultation=booked, starts_at=NOW + 6 * DAY, by=Side.COUNSELLOR)
    (after,) = events(get(secret))
    assert after.uid.value == before.uid.value
    assert int(after.sequence.value) > int(before.sequence.value)
    assert after.dtstart.value == NOW + 6 * DAY


def test_one_that_is_called_off_stays_marked_for_a_while(anna, service, clock):
    booked = consultation_book(service=service, client=anna, starts_at=NOW + 60 * DAY)
    secret = feed_make(owner=anna)
    consultation_cancel(consultation=booked, by=Side.COUNSELLOR)
    (event,) = events(get(secret))
    assert event.status.value == "CANCELLED"
    clock.move_to(NOW + 29 * DAY)
    assert len(events(get(secret))) == 1
    clock.move_to(NOW + 31 * DAY)
    assert events(get(secret)) == []


def test_it_speaks_the_language_of_whose_it_is(anna, service, monkeypatch):
    spoken = []
    monkeypatch.setattr(
        "sessions.calendars.feeds.override", lambda name: spoken.append(name) or nullcontext()
    )
    Client.objects.filter(pk=anna.pk).update(language="hi")
    get(feed_make(owner=anna))
    assert spoken == ["hi"]


# --- Reading it again ------------------------------------------------------------------------


def test_it_is_sent_again_only_when_something_changed(anna, service, clock):
    booked = consultation_book(service=service, client=anna, starts_at=NOW + 5 * DAY)
    secret = feed_make(owner=anna)
    first = get(secret)
    assert {"private", "no-cache"} == set(first["Cache-Control"].split(", "))
    clock.move_to(NOW + timedelta(hours=2))
    again = get(secret, if_none_match=first["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]
    assert get(secret).content == first.content
    booked.refresh_from_db()
    consultation_cancel(consultation=booked, by=Side.CLIENT)
    assert get(secret, if_none_match=first["ETag"]).status_code == 200


def test_head_is_answered_and_nothing_else(anna):
    path = f"/calendar/{feed_make(owner=anna)}.ics"
    assert Browser().head(path).status_code == 200
    for method in ("post", "put", "delete", "options"):
        assert getattr(Browser(), method)(path).status_code == 405


def test_it_sets_no_cookie_and_opens_no_door(anna):
    answer = get(feed_make(owner=anna))
    assert not answer.cookies
    assert "sessionid" not in answer.headers.get("Set-Cookie", "")


def test_when_it_was_read_is_noted_once_an_hour(anna, clock):
    secret = feed_make(owner=anna)
    read = []
    for minutes in (0, 59, 60, 90):
        clock.move_to(NOW + timedelta(minutes=minutes))
        get(secret)
        read.append(feed_of(anna).last_read_at)
    later = NOW + timedelta(hours=1)
    assert read == [NOW, NOW, later, later]


def test_its_reading_costs_the_same_however_much_there_is(anna, service):
    secret = feed_make(owner=anna)

    def queries():
        with CaptureQueriesContext(connection) as caught:
            get(secret)
        return [it["sql"] for it in caught if "cache" not in it["sql"].split("WHERE")[0].lower()]

    queries()
    few = queries()
    for day in range(1, 40):
        make_consultation(client=anna, service=service, starts_at=NOW + day * DAY)
    assert len([sql for sql in few if sql.startswith("SELECT")]) == 2
    assert len(queries()) == len(few)


def test_a_program_that_has_lost_its_mind_waits(anna, monkeypatch):
    monkeypatch.setattr(feeds, "MOST_READS_AN_HOUR", 3)
    secret, other = feed_make(owner=anna), feed_make(owner=make_counsellor())
    assert [get(secret).status_code for _ in range(4)] == [200, 200, 200, 429]
    assert get(secret)["Retry-After"] == "3600"
    assert get(other).status_code == 200


# --- Who is let in ---------------------------------------------------------------------------


def test_only_the_hash_of_the_secret_is_kept(anna):
    secret = feed_make(owner=anna)
    assert len(secret) >= 43
    feed = CalendarFeed.objects.get()
    assert feed.digest == hashlib.sha256(secret.encode()).hexdigest()
    assert secret not in str([*CalendarFeed.objects.values_list()])


@pytest.mark.parametrize("secret", ["x", "x" * 43, "\u00e4" * 20, "%00", "a" * 5_000])
def test_an_unknown_address_is_nowhere(anna, secret):
    feed_make(owner=anna)
    assert get(secret).status_code == 404


def test_a_new_address_ends_the_old_one_and_turning_off_ends_both(anna):
    old = feed_make(owner=anna)
    new = feed_make(owner=anna)
    assert [get(old).status_code, get(new).status_code] == [404, 200]
    feed_end(owner=anna)
    assert get(new).status_code == 404
    unknown = get("x" * 43)
    assert get(new).content == unknown.content


def test_it_ends_when_a_client_or_a_counsellor_leaves(ada, anna):
    secrets = {"client": feed_make(owner=anna), "counsellor": feed_make(owner=ada)}
    Client.objects.filter(pk=anna.pk).update(status=Client.Status.ENDED)
    assert get(secrets["client"]).status_code == 404
    Client.objects.filter(pk=anna.pk).update(status=Client.Status.PAUSED)
    assert get(secrets["client"]).status_code == 200
    anna.user.is_active = False
    anna.user.save()
    assert get(secrets["client"]).status_code == 404
    for field in ("is_active", "is_staff"):
        ada.user.refresh_from_db()
        setattr(ada.user, field, False)
        ada.user.save()
        assert get(secrets["counsellor"]).status_code == 404
        setattr(ada.user, field, True)
        ada.user.save()
        assert get(secrets["counsellor"]).status_code == 200


def test_the_secret_stands_in_no_log_line(anna, caplog):
    secret = feed_make(owner=anna)
    feed_end(owner=anna)
    with caplog.at_level(logging.DEBUG):
        assert get(secret).status_code == 404
    assert caplog.records
    lines = [QuietFormatter().format(record) for record in caplog.records]
    assert not [line for line in lines if secret in line or secret[:30] in line]


# --- The client's page -----------------------------------------------------------------------


def address_on(response):
    found = re.search(r">http://[^<]*/calendar/([\w-]+)\.ics<", response.content.decode())
    return found and found[1]


def test_a_client_makes_renews_and_ends_an_address(client, anna):
    client.force_login(anna.user)
    page = client.get(PAGE)
    assert "It goes one way." in text(page)
    assert "It may lag." in text(page)
    assert address_on(page) is None
    assert not CalendarFeed.objects.exists()

    made = address_on(client.post(PAGE, {"do": "make"}))
    assert get(made).status_code == 200
    shown_again = client.get(PAGE)
    assert address_on(shown_again) is None
    assert "last looked there" in text(shown_again)

    renewed = address_on(client.post(PAGE, {"do": "make"}))
    assert [get(made).status_code, get(renewed).status_code] == [404, 200]
    assert client.post(PAGE, {"do": "end"}).status_code == 302
    assert get(renewed).status_code == 404


def test_the_page_with_the_address_is_kept_by_nobody(client, anna):
    client.force_login(anna.user)
    answer = client.post(PAGE, {"do": "make"})
    assert {"no-store", "private"} <= set(answer["Cache-Control"].split(", "))
    assert 'href="webcal://' in answer.content.decode()


def test_each_record_of_a_person_has_its_own_address(client, anna):
    other = make_client(counsellor=make_counsellor(), email=anna.email, user=anna.user)
    client.force_login(anna.user)
    client.post(PAGE, {"do": "make"})
    assert CalendarFeed.objects.filter(client__in=[anna, other]).count() == 1


def test_the_appointments_page_leads_there(client, anna):
    client.force_login(anna.user)
    assert f'href="{PAGE}"' in client.get(reverse("booking:mine")).content.decode()


# --- The counsellor's -------------------------------------------------------------------------


def test_a_counsellor_makes_renews_and_ends_an_address(client, ada):
    client.force_login(ada.user)
    made = address_on(client.post(f"{DESK}feed/", {"do": "make"}))
    assert get(made).status_code == 200
    shown_again = client.get(DESK)
    assert address_on(shown_again) is None
    assert "Last read by a calendar program on" in text(shown_again)
    renewed = address_on(client.post(f"{DESK}feed/", {"do": "make"}))
    assert [get(made).status_code, get(renewed).status_code] == [404, 200]
    client.post(f"{DESK}feed/", {"do": "end"})
    assert get(renewed).status_code == 404


def test_pending_and_past_statuses_read_as_the_mails_say(anna, service):
    for days, status in enumerate(Status.values, start=1):
        make_consultation(client=anna, service=service, status=status, starts_at=NOW + days * DAY)
    shown = {event.status.value for event in events(get(feed_make(owner=anna)))}
    assert shown == {"TENTATIVE", "CONFIRMED"}
