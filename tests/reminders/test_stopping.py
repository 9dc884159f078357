"""Told to stop, whoever sends ends between two messages: nothing is held, lost or doubled."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import time
from pathlib import Path

import pytest

from counsel.common import stopping
from counsel.reminders.dispatch import Counts, dispatch_due
from counsel.reminders.models import State
from tests.reminders.conftest import ended
from tests.reminders.test_processes import do, sink, start, states  # noqa: F401
from tools.children import started

WORKERS = [("solo", os.kill), ("threads", os.kill), ("prefork", os.kill), ("prefork", os.killpg)]


def test_it_gives_back_what_it_has_not_come_to(plan, knock, mailoutbox):
    message = knock.message

    def render(row, reach):
        stopping.ask()
        return message

    knock.render = render
    rows = [plan(number) for number in range(3)]
    try:
        assert dispatch_due() == Counts(taken=3, sent=1)
    finally:
        stopping._asked.clear()
    assert sorted(ended(row)[0] for row in rows) == [State.QUEUED, State.QUEUED, State.SENT]
    assert len(mailoutbox) == 1


def wait_until(happened, seconds=30):
    until = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < until
        time.sleep(0.02)


def all_whole(do, sink, number):  # noqa: F811
    [rows] = do("rows")
    assert set(states(rows)) <= {"queued", "sent"}
    assert states(rows).count("sent") == len(sink.mails) < number
    [_sent, rows] = do("send", "rows")
    assert states(rows) == ["sent"] * number
    assert len({mail["Message-ID"] for mail in sink.mails}) == len(sink.mails) == number


@pytest.mark.services
def test_a_sender_of_its_own_ends_after_its_message(start, do, sink):  # noqa: F811
    do("plan 40")
    sink.pause = 0.1
    with start("send_politely") as child:
        wait_until(lambda: sink.mails)
        child.send_signal(signal.SIGTERM)
        assert child.wait(5) == 0
    sink.pause = 0

    all_whole(do, sink, 40)


@pytest.mark.services
@pytest.mark.parametrize(("pool", "tell"), WORKERS)
def test_a_worker_ends_after_its_message(do, sink, counsel_env, pool, tell):  # noqa: F811
    settings = {"DJANGO_SETTINGS_MODULE": "tests.reminders.process_settings"}
    env = {**counsel_env, **settings, "SINK_PORT": str(sink.port)}
    folder = Path(env["COUNSEL_VAR"])
    shutil.rmtree(folder / "broker", ignore_errors=True)
    do("plan 60")
    sink.pause = 0.1
    worker = (sys.executable, "-m", "celery", "-A", "counsel", "worker", "--without-mingle")
    beat = ("--beat", "--schedule", folder / "beat.schedule")
    options = ("--pool", pool, "--concurrency", "1")
    log = (folder / "worker.log").open("w")
    with log, started([*worker, *beat, *options], env, stdout=log, stderr=log) as child:
        wait_until(lambda: sink.mails)
        told = time.monotonic()
        tell(child.pid, signal.SIGTERM)
        assert child.wait(20) == 0
        assert time.monotonic() - told < 8
    sink.pause = 0

    all_whole(do, sink, 60)
