from __future__ import annotations

import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured

from counsel import env
from counsel.reminders import watch
from counsel.reminders.dispatch import send_due
from counsel.reminders.planners import plan_due
from tests.reminders.test_queues import no_account, push  # noqa: F401

MINUTE = timedelta(minutes=1)


class Outside(ThreadingHTTPServer):
    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked, self.status = [], 200
        self.url = f"http://127.0.0.1:{self.server_port}/ping/1?a=b"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path)
        self.send_response(self.server.status)
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *words):
        pass


@pytest.fixture
def outside(settings, monkeypatch):
    monkeypatch.setattr(watch, "_failed", False)
    with Outside() as server:
        threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        settings.PING_URL = server.url
        yield server
        server.shutdown()


def test_it_says_that_all_is_well_after_each_run(plan, clock, outside, mailoutbox):
    plan_due()
    plan()
    send_due()
    send_due()

    assert outside.asked == ["/ping/1?a=b"] * 2


def test_it_says_nothing_while_a_channel_is_held(plan, clock, outside, push):  # noqa: F811
    plan_due()
    push.answers += [no_account()]
    plan(channel="push")
    send_due()

    assert outside.asked == []


def test_it_says_nothing_where_nobody_plans(plan, clock, outside):
    send_due()

    assert outside.asked == []


@pytest.mark.parametrize("status", [302, 500, None])
def test_one_that_fails_is_logged_once_and_followed_nowhere(plan, clock, outside, caplog, status):
    plan_due()
    if status:
        outside.status = status
    else:
        outside.server_close()
    for _ in range(3):
        send_due()

    assert outside.asked == (["/ping/1?a=b"] * 3 if status else [])
    said = [record for record in caplog.records if "address outside" in record.message]
    assert len(said) == 1 and "127.0.0.1" not in said[0].message


def test_only_a_safe_address_is_taken(monkeypatch):
    monkeypatch.setenv("COUNSEL_PING_URL", "http://watch.example/1")
    with pytest.raises(ImproperlyConfigured):
        env.bridge("COUNSEL_PING_URL")


def test_what_is_late_is_an_alarm_once_an_hour(plan, clock, caplog):
    cache.clear()
    plan()
    for _ in range(4):
        plan_due()
        clock.shift(11 * MINUTE)

    assert [record.message for record in caplog.records if record.levelname == "CRITICAL"] == [
        "reminders: the oldest that is due waits for 11 minutes"
    ]
