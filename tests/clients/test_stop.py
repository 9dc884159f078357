"""The link in each mail about homework that stops them, by a person's click or a program's."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest
import time_machine
from django.core.signing import Signer
from django.test import Client as Browser
from django.utils import timezone

from clients.reach import channels_of, reach
from clients.services import homework_mails_stop, homework_resume
from clients.stop_tokens import stop_token
from counsel.reminders.carriers.email import compose
from counsel.reminders.models import Reminder, State
from counsel.reminders.registry import Skip, kinds, role_of
from counsel.reminders.writing import message_for
from exercises.planning import practice_plan
from tests.factories import make_assignment, make_portal_client

pytestmark = pytest.mark.django_db

MORNING = datetime(2030, 1, 7, 8, tzinfo=UTC)
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture(autouse=True)
def _morning():
    with time_machine.travel(MORNING, tick=False):
        yield


@pytest.fixture
def anna():
    return make_portal_client(name="Anna Quellwasser", reminder_hour=18)


@pytest.fixture
def page(anna):
    return f"/stop/{stop_token(anna)}/"


def is_on(client):
    client.refresh_from_db()
    return client.homework_mails_off_at is None


def program():
    """A mail program: no cookie, and nothing of our forms."""
    return Browser(enforce_csrf_checks=True)


@pytest.mark.parametrize("method", ["get", "head"])
def test_opening_it_changes_nothing(client, anna, page, method):
    for _time in range(2):
        assert getattr(client, method)(page).status_code == 200
    assert is_on(anna)


@pytest.mark.parametrize("as_form", [False, True])
def test_a_mail_program_stops_them_in_one_click(anna, page, as_form):
    encoded = "List-Unsubscribe=One-Click"
    how = {} if as_form else {"content_type": "application/x-www-form-urlencoded"}
    answer = program().post(page, ONE_CLICK if as_form else encoded, **how)
    assert answer.status_code == 200
    assert answer.cookies == {}
    assert not is_on(anna)


def test_once_more_is_friendly_and_changes_nothing(anna, page):
    program().post(page, ONE_CLICK)
    anna.refresh_from_db()
    first = anna.homework_mails_off_at
    with time_machine.travel(datetime(2030, 2, 1, tzinfo=UTC), tick=False):
        answer = program().post(page, ONE_CLICK)
    assert "stopped already" in answer.content.decode()
    anna.refresh_from_db()
    assert anna.homework_mails_off_at == first


def test_the_button_on_the_page_says_the_same(client, anna, page):
    asked = client.get(page).content.decode()
    assert 'name="List-Unsubscribe" value="One-Click"' in asked
    assert client.post(page, ONE_CLICK).status_code == 200
    assert not is_on(anna)


@pytest.mark.parametrize("sent", [{}, {"List-Unsubscribe": "x"}])
def test_a_post_that_says_nothing_changes_nothing(client, anna, page, sent):
    answer = client.post(page, sent)
    assert answer.status_code == 400
    assert 'value="One-Click"' in answer.content.decode()
    assert is_on(anna)


def test_the_page_can_be_passed_on(client, page):
    for answer in (client.get(page), client.post(page, ONE_CLICK), client.get("/stop/x/")):
        text = answer.content.decode()
        assert "Quellwasser" not in text
        assert "Anna" not in text
        assert answer["Referrer-Policy"] == "no-referrer"
        assert answer["X-Robots-Tag"] == "noindex, nofollow"
        assert 'content="noindex, nofollow"' in text
        assert {"no-store", "private"} <= set(answer["Cache-Control"].split(", "))


def test_only_the_token_itself_opens_it(client, anna, page):
    token = stop_token(anna)
    other = Signer(salt="clients.invitation:anna@example.org").sign(anna.pk.hex)
    for wrong in (token[:-1], f"x{token}", other, anna.pk.hex, "x"):
        assert client.get(f"/stop/{wrong}/").status_code == 404
        assert client.post(f"/stop/{wrong}/", ONE_CLICK).status_code == 404
    assert is_on(anna)


def test_a_record_that_is_gone_is_nothing_to_stop(client, anna, page):
    anna.delete()
    assert client.post(page, ONE_CLICK).status_code == 404


def test_the_token_is_long_and_tells_nothing(anna):
    key, _colon, signature = stop_token(anna).partition(":")
    assert key == anna.pk.hex
    assert len(base64.urlsafe_b64decode(signature + "==")) >= 16


def test_whoever_asks_too_often_waits(client, anna, page):
    for _time in range(20):
        assert client.post(page, ONE_CLICK).status_code == 200
    assert client.post(page, ONE_CLICK).status_code == 429
    other = make_portal_client()
    assert client.post(f"/stop/{stop_token(other)}/", ONE_CLICK).status_code == 200


def test_whoever_guesses_waits(client):
    answers = [client.post(f"/stop/{number}/").status_code for number in range(31)]
    assert answers == [404] * 30 + [429]


# --- What it stops ------------------------------------------------------------------------


@pytest.fixture
def row(anna):
    """A mail about practice that waits for this evening."""
    make_assignment(client=anna, starts_on=MORNING.date(), reminders=True)
    practice_plan(timezone.now())
    return Reminder.objects.get(kind="practice_today", occurrence="2030-01-07")


def test_a_mail_that_waits_says_in_the_ledger_why_it_did_not_go(anna, row):
    homework_mails_stop(client=anna, now=timezone.now())
    row.refresh_from_db()
    assert row.state == State.QUEUED
    assert reach(row) == Skip("they have stopped these mails")


def test_other_messages_go_on(anna, row):
    homework_mails_stop(client=anna, now=timezone.now())
    row.kind = "consultation_reminder"
    assert not isinstance(reach(row), Skip)


def test_notifications_go_on(anna, settings):
    settings.VAPID_KEY = object()
    anna.push_wording = "neutral"
    anna.save()
    assert channels_of(anna, "practice_today") == ("email", "push")
    homework_mails_stop(client=anna, now=timezone.now())
    assert channels_of(anna, "practice_today") == ("push",)
    assert channels_of(anna, "consultation_reminder") == ("email", "push")


def test_they_can_come_again(client, anna, page):
    client.post(page, ONE_CLICK)
    client.force_login(anna.user)
    assert (
        "stopped them from one of the mails"
        in client.get("/my/settings/messages/").content.decode()
    )
    client.post("/my/settings/messages/resume/")
    assert is_on(anna)


def test_resuming_counts_from_then_on(anna, row):
    homework_mails_stop(client=anna, now=timezone.now())
    homework_resume(client=anna)
    assert not isinstance(reach(row), Skip)


# --- Which mails have it ------------------------------------------------------------------


def test_the_mail_has_it_in_its_words_and_in_its_headers(anna, row, settings):
    where = role_of(row).reach(row)
    mail = compose(row, where, message_for(row, where))
    link = f"{settings.BASE_URL}/stop/{stop_token(anna)}/"
    raw = mail.message()
    assert raw["List-Unsubscribe"] == f"<{link}>"
    assert raw["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail.body.endswith(f"\n\nNo more of these mails: {link}\n")
    (html, _mimetype) = mail.alternatives[0]
    assert html.count(f'href="{link}"') == 1


def test_a_notification_about_it_does_not_have_it(row):
    where = role_of(row).reach(row)
    row.channel = "push"
    assert message_for(row, where).stop_link == ""


def test_there_is_something_it_is_for():
    assert [kind.key for kind in kinds() if kind.homework] == ["practice_today"]
