"""Mail by a provider's service (django-anymail), and by backends that nobody here knows."""

from __future__ import annotations

import json
import socket
import threading
import time
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import time_machine
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from counsel.reminders.dispatch import Counts, dispatch_due
from counsel.reminders.models import Queue, State
from tests.reminders.conftest import ended

YES = {"ErrorCode": 0, "To": "anna@example.org", "MessageID": "x", "Message": "OK"}

INACTIVE = "Found inactive addresses: anna@example.org. Inactive recipients have bounced"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append((dict(self.headers), json.loads(body)))
        answer = self.server.answers.pop(0) if self.server.answers else (200, YES)
        if answer == "drop":
            return self.connection.shutdown(socket.SHUT_RDWR)
        if answer == "slow":
            time.sleep(0.6)
            answer = (200, YES)
        status, content, *headers = answer
        words = json.dumps(content).encode() if content is not None else b"no json"
        self.send_response(status)
        self.send_header("Content-Length", str(len(words)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(words)

    def log_message(self, *words):
        pass


@pytest.fixture
def service(settings):
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.received, server.answers = [], []
        threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        settings.EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
        settings.ANYMAIL = {
            "POSTMARK_SERVER_TOKEN": "secret",
            "POSTMARK_API_URL": f"http://127.0.0.1:{server.server_port}/",
            "IGNORE_UNSUPPORTED_FEATURES": True,
            "REQUESTS_TIMEOUT": 0.3,
        }
        yield server
        server.shutdown()


def waits(row):
    row.refresh_from_db()
    return row.try_at - timezone.now()


def test_a_service_takes_them_over_one_line(plan, service):
    rows = [plan(number) for number in range(3)]

    assert dispatch_due() == Counts(taken=3, sent=3)
    keys = {headers["Idempotency-Key"] for headers, _body in service.received}
    assert keys == {f"{row.pk.hex}@mail.invalid" for row in rows}
    assert service.received[0][1]["Subject"] == "Your appointment"


def test_one_that_asks_us_to_wait_is_left_alone_for_so_long(plan, service):
    first, *others = [plan(number) for number in range(3)]
    service.answers += [(429, {}, ("Retry-After", "1200"))]

    assert dispatch_due() == Counts(taken=3, later=1, stopped=True)
    assert len(service.received) == 1
    for row in (first, *others):
        assert timedelta(minutes=19) < waits(row) <= timedelta(minutes=20)
    assert [row.attempts for row in (first, *others)] == [1, 0, 0]


def test_an_hour_is_the_longest_wait(plan, service):
    row = plan()
    service.answers += [(503, {}, ("Retry-After", "999999"))]
    dispatch_due()

    assert timedelta(minutes=59) < waits(row) <= timedelta(hours=1)


@pytest.mark.parametrize("status", [400, 422, 500])
def test_one_that_fails_is_asked_again(plan, service, status):
    row = plan()
    service.answers += [(status, {"ErrorCode": 100})]

    assert dispatch_due() == Counts(taken=1, later=1)
    assert ended(row) == (State.QUEUED, f"not taken by the mail server ({status})")


@pytest.mark.parametrize("status", [401, 402, 403])
def test_a_refused_key_holds_the_channel(plan, service, status):
    row = plan()
    service.answers += [(status, {})]

    assert dispatch_due() == Counts(taken=1, stopped=True)
    assert ended(row)[1] == f"waits: the mail server refuses our account ({status})"
    assert Queue.objects.get().held_code == status


def test_a_refused_reader_is_final(plan, knock, service):
    row = plan()
    service.answers += [(422, {"ErrorCode": 406, "Message": INACTIVE})]

    assert dispatch_due() == Counts(taken=1, failed=1)
    assert ended(row) == (State.FAILED, "refused by the mail server (550)")
    assert knock.refused == ["anna@example.org"]


def test_a_no_in_words_nobody_knows_is_no_yes(plan, service):
    plan()
    service.answers += [(422, {"ErrorCode": 406, "Message": "who is that?"})]

    assert dispatch_due() == Counts(taken=1, later=1)


@pytest.mark.parametrize("answer", ["drop", "slow", (200, None)])
def test_an_answer_nobody_heard_leaves_it_uncertain_once(plan, service, answer):
    row = plan()
    service.answers += [answer]
    assert dispatch_due() == Counts(taken=1, uncertain=1)
    assert ended(row) == (State.UNCERTAIN, "cut off while sending; will be sent once more")

    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        assert dispatch_due() == Counts(taken=1, sent=1)
    first, second = [headers["Idempotency-Key"] for headers, _body in service.received]
    assert first == second


def test_no_service_at_all_costs_nobody_else_an_attempt(plan, service):
    rows = [plan(number) for number in range(3)]
    service.shutdown()
    service.server_close()

    assert dispatch_due() == Counts(taken=3, later=1, stopped=True)
    for row in rows:
        row.refresh_from_db()
    assert sorted(row.attempts for row in rows) == [0, 0, 1]


class Unknown(BaseEmailBackend):
    def send_messages(self, messages):
        raise ValueError("what Anna wrote")


class Silent(BaseEmailBackend):
    def send_messages(self, messages):
        return 0


def test_a_no_in_silence_is_no_yes(plan, settings):
    settings.EMAIL_BACKEND = "tests.reminders.test_providers.Silent"
    plan()

    assert dispatch_due() == Counts(taken=1, later=1)


def test_whatever_breaks_in_an_unknown_backend_leaves_a_doubt(plan, settings, caplog):
    settings.EMAIL_BACKEND = "tests.reminders.test_providers.Unknown"
    row = plan()

    assert dispatch_due() == Counts(taken=1, uncertain=1)
    assert ended(row)[0] == State.UNCERTAIN and "Anna" not in caplog.text
