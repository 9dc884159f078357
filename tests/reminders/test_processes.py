"""Several claimers at once: real processes, on SQLite and on PostgreSQL.

What becomes of killed ones is the faults' (`make faults`, tests/reminders/test_faults.py).
"""

from __future__ import annotations

import json
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

    def start(*steps):
        command = [sys.executable, "manage.py", "ledger", *steps]
        return started(command, env, stdout=subprocess.PIPE)

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
