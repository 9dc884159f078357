"""Several dispatchers at once, and killed ones: real processes, on SQLite and on PostgreSQL."""

from __future__ import annotations

import json
import signal
import subprocess
import sys

import pytest

from tests.reminders.sink import Sink
from tools.children import started


@pytest.fixture
def sink():
    with Sink() as sink:
        yield sink


@pytest.fixture
def start(counsel_env, sink):
    """Starts `manage.py ledger` (tests.reminders.knocks) on a database of its own."""
    settings = {"DJANGO_SETTINGS_MODULE": "tests.reminders.process_settings"}
    env = {**counsel_env, **settings, "SINK_PORT": str(sink.port)}

    def start(*steps, **more):
        command = [sys.executable, "manage.py", "ledger", *steps]
        return started(command, {**env, **more}, stdout=subprocess.PIPE)

    return start


@pytest.fixture
def do(start):
    """Does the steps, and returns what each of them answered."""

    def do(*steps):
        with start(*steps) as child:
            answers = child.communicate(timeout=120)[0]
        assert child.returncode == 0
        return json.loads(answers)

    return do


def states(rows):
    return [row["state"] for row in rows]


def test_eight_claimers_take_each_reminder_once(do):
    _none, taken, rows = do("plan 50", "claim_all 8", "rows")

    assert sorted(sum(taken, [])) == sorted(f"visit:{index}" for index in range(50))
    assert {(row["state"], row["attempts"]) for row in rows} == {("claimed", 1)}


def test_five_deliveries_of_one_tick_send_each_mail_once(do, sink):
    _none, sent, rows = do("plan 20", "send_all 5", "rows")

    assert sum(sent) == 20
    assert states(rows) == ["sent"] * 20
    assert len({mail["Message-ID"] for mail in sink.mails}) == len(sink.mails) == 20


def test_a_worker_killed_before_sending_loses_nothing(start, do, sink):
    with start("plan 3", "send", KILL_WHILE_WRITING="visit:1") as child:
        assert child.wait(60) == -signal.SIGKILL
    before, _none, sent, after = do("rows", "expire", "send", "rows")

    assert sorted(states(before)) == ["claimed", "claimed", "sent"]
    assert (sent, states(after)) == (2, ["sent"] * 3)
    assert len(sink.mails) == 3


def test_a_worker_killed_while_sending_sends_at_most_twice(start, do, sink):
    """The mail server has the message, and nobody could note it."""
    for step in ("plan 1", "expire"):
        sink.hold = True
        with start(step, "send") as child:
            assert sink.holding.wait(60)
            child.kill()
            child.wait()
        sink.hold = False
        sink.holding.clear()
    [row] = do("expire", "send", "expire", "send", "rows")[-1]

    assert row["state"] == "uncertain" and "second time" in row["reason"]
    assert [mail["Message-ID"] for mail in sink.mails] == [sink.mails[0]["Message-ID"]] * 2
