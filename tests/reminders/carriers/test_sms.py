"""Texts, handed to a stub of the bridge that docs/operate.md describes."""

from __future__ import annotations

import json
import time
from datetime import UTC, timedelta

import pytest

from counsel.reminders import registry
from counsel.reminders.carriers import available_channels, checks
from counsel.reminders.carriers.base import Refusal, Verdict
from counsel.reminders.carriers.sms import SmsCarrier
from counsel.reminders.dispatch import dispatch_due
from counsel.reminders.models import Channel, State
from counsel.reminders.registry import Message, Reach
from tests.common.taker import running_taker
from tests.reminders.conftest import ended

NUMBER = "+447700900123"


@pytest.fixture
def bridge(settings):
    with running_taker() as taker:
        settings.SMS_URL = f"{taker.url}/texts"
        settings.SMS_TOKEN, settings.SMS_FROM = "quiet-token", "Diary"
        yield taker


@pytest.fixture
def knock(knock):
    knock.reach = Reach(NUMBER, "en-gb", UTC)
    knock.message = Message("Your appointment", "It is tomorrow.\n", link="https://diary.example/a")
    return knock


@pytest.fixture
def carrier(bridge):
    carrier = SmsCarrier()
    yield carrier
    carrier.close()


def carry(carrier, knock, row):
    carrier.open()
    carrier.send(carrier.pack(row, knock.reach, knock.message))


def refused(carrier, knock, row):
    with pytest.raises(Refusal) as refusal:
        carry(carrier, knock, row)
    return refusal.value


def test_a_text_is_one_post(carrier, knock, plan, bridge):
    row = plan(channel="sms")
    carry(carrier, knock, row)

    (posted,) = bridge.posted
    assert json.loads(posted.body) == {
        "to": NUMBER,
        "text": "Your appointment https://diary.example/a",
        "id": row.pk.hex,
        "from": "Diary",
    }
    assert posted.path == "/texts"
    assert posted.headers["authorization"] == "Bearer quiet-token"
    assert posted.headers["idempotency-key"] == row.pk.hex
    assert posted.headers["content-type"] == "application/json; charset=utf-8"


def test_short_words_go_before_the_subject_in_any_script(carrier, knock, plan, bridge):
    knock.message = Message("Subject", "Body", short="कल 17:00 बजे")
    carry(carrier, knock, plan(channel="sms"))
    assert json.loads(bridge.posted[0].body)["text"] == "कल 17:00 बजे"


def test_a_batch_goes_over_one_line(plan, knock, bridge):
    for number in range(3):
        plan(number, channel="sms")
    assert dispatch_due().sent == 3
    assert len({posted.line for posted in bridge.posted}) == 1


@pytest.mark.parametrize(
    ("status", "verdict", "flags"),
    [
        *((401, Verdict.STOP, False), (403, Verdict.STOP, False), (402, Verdict.STOP, False)),
        *((301, Verdict.STOP, False), (405, Verdict.STOP, False)),
        *((408, Verdict.LATER, False), (409, Verdict.LATER, False), (429, Verdict.LATER, False)),
        *((500, Verdict.LATER, False), (503, Verdict.LATER, False)),
        *((400, Verdict.FINAL, False), (404, Verdict.FINAL, False), (413, Verdict.FINAL, False)),
        *((410, Verdict.FINAL, True), (422, Verdict.FINAL, True)),
    ],
)
def test_each_answer_has_its_meaning(carrier, knock, plan, bridge, status, verdict, flags):
    bridge.says(status)
    refusal = refused(carrier, knock, plan(channel="sms"))
    assert (refusal.verdict, refusal.code) == (verdict, status)
    assert refusal.address == (NUMBER if flags else "")


def test_it_passes_on_how_long_to_wait(carrier, knock, plan, bridge, clock):
    bridge.says(429, Retry_After="90")
    assert refused(carrier, knock, plan(channel="sms")).wait == timedelta(seconds=90)
    bridge.says(503, Retry_After="Sun, 06 Jan 2030 10:02:00 GMT")
    assert refused(carrier, knock, plan(1, channel="sms")).wait == timedelta(minutes=2)


@pytest.mark.parametrize(("status", "asked"), [(503, 1), (429, 1), (500, 3), (422, 3)])
def test_what_is_about_all_texts_is_asked_once(plan, knock, bridge, status, asked):
    for number in range(3):
        plan(number, channel="sms")
    bridge.says(status)
    dispatch_due()
    assert len(bridge.posted) == asked


def test_a_bridge_that_is_away_is_asked_once(plan, knock, settings):
    settings.SMS_URL = "http://127.0.0.1:9/"
    rows = [plan(number, channel="sms") for number in range(3)]
    dispatch_due()
    for row in rows:
        row.refresh_from_db()
    assert sorted(row.attempts for row in rows) == [0, 0, 1]
    assert {row.state for row in rows} == {State.QUEUED}


def test_without_an_answer_nobody_knows_and_without_a_line_it_goes_later(
    carrier, knock, plan, bridge, settings, monkeypatch
):
    monkeypatch.setattr("counsel.reminders.carriers.sms.SECONDS", 0.3)
    bridge.answers["/texts"] = lambda handler: time.sleep(1)
    assert refused(carrier, knock, plan(channel="sms")).verdict is Verdict.CUT_OFF
    settings.SMS_URL = "http://127.0.0.1:9/"
    nobody = refused(carrier, knock, plan(1, channel="sms"))
    assert (nobody.verdict, nobody.hung_up) == (Verdict.LATER, True)


def test_one_cut_off_is_sent_once_more_under_the_same_key(plan, knock, bridge, clock, monkeypatch):
    monkeypatch.setattr("counsel.reminders.carriers.sms.SECONDS", 0.3)

    def breaks(handler):
        handler.close_connection = True

    bridge.answers["/texts"] = breaks
    row = plan(channel="sms")
    dispatch_due()
    assert ended(row)[0] == State.UNCERTAIN
    del bridge.answers["/texts"]
    clock.shift(timedelta(hours=2))
    dispatch_due()
    assert ended(row)[0] == State.SENT
    assert len(bridge.posted) == 2
    assert len({posted.headers["idempotency-key"] for posted in bridge.posted}) == 1


def test_a_number_that_takes_no_texts_is_told_of(plan, knock, bridge):
    bridge.says(422)
    row = plan(channel="sms")
    assert dispatch_due().failed == 1
    assert ended(row)[0] == State.FAILED
    assert knock.refused == [NUMBER]


@pytest.mark.parametrize("address", ["", "07700 900123", "anna@example.org"])
def test_what_is_no_number_gets_nothing(plan, knock, bridge, address):
    knock.reach = Reach(address, "en-gb", UTC)
    row = plan(channel="sms")
    dispatch_due()
    assert ended(row) == (State.FAILED, "there is no address to send it to")
    assert bridge.posted == []


def test_without_a_bridge_the_channel_is_not_there_and_its_rows_say_so(plan, knock, settings):
    assert available_channels() == (Channel.EMAIL,)
    row = plan(channel="sms")
    assert dispatch_due().skipped == 1
    assert ended(row) == (State.SKIPPED, "messages are not sent this way here any more")
    settings.SMS_URL = "https://texts.example/"
    assert available_channels() == (Channel.EMAIL, Channel.SMS)


def test_the_channel_is_not_there_for_what_nobody_wants_any_more(plan, knock):
    knock.skip = registry.Skip("cancelled")
    row = plan(channel="sms")
    dispatch_due()
    assert ended(row) == (State.SKIPPED, "cancelled")


def test_the_settings_are_looked_at(settings):
    settings.SMS_URL, settings.SMS_FROM = "https://texts.example/", "Diary"
    assert checks.check_bridge() == checks.check_sender_of_texts() == []
    settings.SMS_URL, settings.SMS_FROM = "http://127.0.0.1:8025/", "Therapy"
    assert [it.id for it in checks.check_bridge()] == ["reminders.W011"]
    assert [it.id for it in checks.check_sender_of_texts()] == ["reminders.W012"]
