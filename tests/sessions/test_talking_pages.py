"""Writing down, in the portal, what one would like to talk about."""

from __future__ import annotations

import html
import logging
import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client as Browser
from django.urls import reverse

from counsel.audit.models import AccessEvent, Verb
from counsel.audit.services import record_access
from counsel.reminders.dispatch import run_due
from counsel.reminders.models import Reminder
from sessions.models import TalkingPoint
from sessions.services import consultation_book, talking_point_settle, talking_point_write
from sessions.talking import open_talking_point
from tests.factories import (
    make_client,
    make_consent_document,
    make_consultation,
    make_counsellor,
    make_portal_client,
    make_service,
    make_user,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 1, 3, 9, tzinfo=UTC)
TALK = "/my/appointments/talk/"
HOME = "/my/"
ASKS = "Is there something you would like to talk about?"
HAS = "You have written down something to talk about"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def asha(client):
    asha = make_portal_client(name="Asha", time_zone="Asia/Kolkata")
    client.force_login(asha.user)
    return asha


def shown(response):
    page = response.content.decode().replace("&#x27;", "'")
    return " ".join(page.partition("<main")[2].partition("</main")[0].split())


def page(client, path=TALK):
    return shown(client.get(path))


def form_on(client):
    """What the page's own form sends beside the words."""
    hidden = re.findall(r'name="(record|seen)" value="([^"]*)"', page(client))
    return dict(hidden[:2])


def write(client, text, **sent):
    return client.post(TALK, {**form_on(client), "text": text, **sent}, follow=True)


def words(person):
    point = open_talking_point(person)
    return point and point.text


# --- Writing it -------------------------------------------------------------------------------


def test_it_says_before_anything_is_written_who_reads_it_and_when(client, asha):
    first = page(client)
    assert ASKS in first
    assert "What you write here, your counsellor will see." in first
    assert "Your counsellor reads this before you meet. Nobody watches it in between." in first
    assert f'href="{reverse("help")}"' in first


def test_before_the_first_words_it_is_said_once_and_kept_and_no_word_is_lost(client, asha):
    document = make_consent_document(slug="not-watched", text="Nobody reads along.")
    asked = write(client, "My <b>sister</b>.\r\nSleep.")
    assert "Nobody reads along." in shown(asked)
    assert words(asha) is None
    said = asked.content.decode().partition("<main")[2]
    sent = dict(re.findall(r'<textarea hidden name="(\w+)">\n(.*?)</textarea>', said, re.DOTALL))
    sent = {name: html.unescape(value) for name, value in sent.items()}
    client.post(TALK, {**sent, "understood": "yes"})
    assert words(asha).splitlines() == ["My <b>sister</b>.", "Sleep."]
    assert asha.consents.get().document == document
    write(client, "My father.")
    assert words(asha) == "My father."


def test_what_was_written_stands_there_with_its_time_by_the_clients_clock(client, asha):
    done = write(client, "My <b>sister</b>.\r\nSleep.")
    assert done.redirect_chain == [(TALK, 302)]
    assert "My &lt;b&gt;sister&lt;/b&gt;.\nSleep.</textarea>" in done.content.decode().replace(
        "\r\n", "\n"
    )
    assert "Written on Thursday 3 January, 14:30 (India time)." in shown(done)


def test_it_is_changed_and_taken_back(client, asha):
    write(client, "Sleep.")
    write(client, "My father.")
    assert words(asha) == "My father."
    assert "Nothing stands here now." in shown(write(client, ""))
    assert "My father." not in page(client)
    assert not TalkingPoint.objects.exists()


def test_it_says_since_when_the_counsellor_has_seen_it(client, asha, clock):
    write(client, "Sleep.")
    assert "has opened your page" not in page(client)
    clock.shift(timedelta(hours=1))
    counsellor = asha.counsellor.user
    record_access(verb=Verb.READ, subject=asha, client_id=asha.pk, actor=counsellor)
    said = "Your counsellor has opened your page since then, on Thursday 3 January, 15:30"
    assert said in page(client)


def test_talked_about_it_says_so_and_can_be_kept_for_the_next_time(client, asha):
    point = talking_point_write(client=asha, text="Sleep.", now=NOW)
    talking_point_settle(point=point, now=NOW + timedelta(days=4))
    told = page(client)
    assert "You talked about it. Noted on Monday, 7 January." in told
    assert re.search(r'<textarea hidden name="text"> Sleep\.</textarea>', told)
    write(client, "Sleep.")
    assert words(asha) == "Sleep."


@pytest.mark.parametrize("text", ["a\0b, kept", "z" * 5_001 + ", kept"])
def test_what_cannot_be_kept_comes_back_with_a_word_beside_it(client, asha, text):
    refused = write(client, text)
    assert refused.status_code == 422
    assert ", kept" in shown(refused)
    assert "invalid-feedback" in shown(refused)
    assert words(asha) is None


# --- Two tabs, a sign-in that ran out, two counsellors -----------------------------------------


def test_words_from_another_tab_are_shown_before_they_are_replaced(client, asha):
    old = form_on(client)
    write(client, "From the phone.")
    refused = client.post(TALK, {**old, "text": "From the desk."})
    assert refused.status_code == 409
    both = shown(refused)
    assert "This has changed since you opened the page." in both
    assert "From the phone." in both and "From the desk.</textarea>" in both
    again = dict(re.findall(r'name="(record|seen)" value="([^"]*)"', both)[:2])
    client.post(TALK, {**again, "text": "From the desk."})
    assert words(asha) == "From the desk."


def test_a_double_click_is_no_change(client, asha):
    sent = {**form_on(client), "text": "Sleep."}
    assert [client.post(TALK, sent).status_code for _ in range(2)] == [302, 302]


def test_signed_out_while_writing_one_gets_the_words_back(client, asha):
    sent = {**form_on(client), "text": "never lost words"}
    client.logout()
    refused = client.post(TALK, sent)
    assert refused.status_code == 401
    assert refused.content.decode().count("never lost words") == 2
    assert words(asha) is None


def test_with_a_stale_token_they_come_back_too(asha):
    browser = Browser(enforce_csrf_checks=True)
    browser.force_login(asha.user)
    sent = {"csrfmiddlewaretoken": "x" * 64, "text": "never lost words"}
    refused = browser.post(TALK, sent, headers={"Sec-Fetch-Site": "same-origin"})
    assert refused.status_code == 403
    assert "never lost words" in shown(refused)


@pytest.fixture
def second(asha, clock):
    """The same person with another counsellor, whose portal opens of itself: it is newer."""
    clock.shift(1)
    return make_client(user=asha.user, counsellor=make_counsellor(), name="Asha")


def test_it_belongs_to_the_record_whose_portal_is_open(client, asha, second):
    write(client, "Sleep.")
    assert (words(second), words(asha)) == ("Sleep.", None)
    assert second.counsellor.display_name in page(client)


def test_signed_in_again_it_still_goes_to_the_counsellor_it_was_written_for(client, asha, second):
    """A new sign-in opens the portal of the newest record, whichever was open before."""
    client.post(TALK, {"record": str(asha.pk), "seen": "", "text": "Sleep."})
    assert (words(asha), words(second)) == ("Sleep.", None)
    assert "Sleep." in page(client)


@pytest.mark.parametrize("record", ["", "\0", "x", "theirs"])
def test_it_is_written_into_no_record_but_ones_own(client, asha, record):
    other = make_portal_client()
    sent = {"record": str(other.pk) if record == "theirs" else record, "text": "Sleep."}
    assert client.post(TALK, sent).status_code == 404
    assert not TalkingPoint.objects.exists()


def test_it_is_for_clients_alone(client):
    assert client.get(TALK).status_code == 302
    client.force_login(make_user(is_staff=True))
    assert client.get(TALK).status_code == 404


# --- Where it is asked ------------------------------------------------------------------------


def starts_in(asha, status="confirmed", **ahead):
    return make_consultation(client=asha, starts_at=NOW + timedelta(**ahead), status=status)


def test_the_appointments_ask_once_beside_the_next_one(client, asha):
    starts_in(asha, days=20)
    starts_in(asha, days=27)
    mine = page(client, "/my/appointments/")
    assert mine.count(ASKS) == 1
    assert TALK in mine


def test_with_nothing_booked_what_was_written_can_still_be_found(client, asha):
    assert TALK not in page(client, "/my/appointments/")
    talking_point_write(client=asha, text="Sleep.", now=NOW)
    mine = page(client, "/my/appointments/")
    assert HAS in mine and "Sleep." not in mine


def test_the_home_asks_in_the_three_days_before(client, asha, clock):
    booked = starts_in(asha, days=3, minutes=1)
    assert ASKS not in page(client, HOME)
    clock.move_to(booked.starts_at - timedelta(days=3), tick=False)
    assert ASKS in page(client, HOME)
    clock.move_to(booked.starts_at, tick=False)
    assert ASKS not in page(client, HOME)


def test_the_home_does_not_ask_before_what_is_not_confirmed(client, asha):
    starts_in(asha, days=1, status="pending")
    assert ASKS not in page(client, HOME)


def test_the_home_says_that_something_is_written_without_showing_it(client, asha):
    starts_in(asha, days=1)
    talking_point_write(client=asha, text="Sleep.", now=NOW)
    home = page(client, HOME)
    assert HAS in home and "Sleep." not in home


@pytest.mark.parametrize("settled", [0, 20])
def test_it_asks_the_database_as_often_for_any_past(
    client, asha, django_assert_num_queries, settled
):
    for days in range(settled):
        point = talking_point_write(client=asha, text="Sleep.", now=NOW)
        talking_point_settle(point=point, now=NOW + timedelta(days=days))
    talking_point_write(client=asha, text="Work.", now=NOW)
    client.get(TALK)
    with django_assert_num_queries(6):
        client.get(TALK)


# --- Where it never is ------------------------------------------------------------------------


def test_its_words_are_in_no_mail_ledger_log_event_or_title(client, asha, caplog, mailoutbox):
    caplog.set_level(logging.DEBUG)
    service = make_service(counsellor=asha.counsellor)
    consultation_book(service=service, client=asha, starts_at=NOW + timedelta(days=2))
    said = write(client, "Kanarienvogel")
    write(client, "Kanarienvogel, and more")
    for hours in (1, 30, 40):
        with time_machine.travel(NOW + timedelta(hours=hours), tick=False):
            run_due(NOW + timedelta(hours=hours))
    assert mailoutbox
    assert "Kanarienvogel" not in "".join(mail.message().as_string() for mail in mailoutbox)
    assert "Kanarienvogel" not in repr(list(Reminder.objects.values()))
    assert "Kanarienvogel" not in repr(list(AccessEvent.objects.values()))
    assert "Kanarienvogel" not in caplog.text
    assert "<title>Before you meet</title>" in said.content.decode()
    assert "Kanarienvogel" not in str(open_talking_point(asha))
