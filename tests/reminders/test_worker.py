"""Worker and beat as they run: on SQLite with the broker in files, or PostgreSQL with Redis."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from counsel.reminders.words import banned_in_mail
from tools.children import ROOT, started

WORKER = (sys.executable, "-m", "celery", "-A", "counsel", "worker", "--without-mingle")


@pytest.fixture
def counsel(counsel_env):
    """Two workers of two kinds, each with a beat of its own that ticks once a second."""
    settings = {"DJANGO_SETTINGS_MODULE": "tests.reminders.process_settings"}
    env = {**counsel_env, **settings}
    folder = Path(env["COUNSEL_VAR"])
    shutil.rmtree(folder / "broker")
    with (
        worker(env, folder / "one", "--pool", "solo"),
        worker(env, folder / "two", "--concurrency", "2"),
    ):
        yield env


@contextmanager
def worker(env, name, *options):
    beat = ("--beat", "--schedule", f"{name}.schedule", "--hostname", f"{name.name}@%h")
    command = [*WORKER, *beat, *options]
    with (
        Path(f"{name}.log").open("w") as log,
        started(command, env, stdout=log, stderr=log) as child,
    ):
        try:
            yield
        finally:
            # What the test asks is done; a polite end would take seconds.
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()


def ledger(env, *steps):
    command = [sys.executable, "manage.py", "ledger", *steps]
    done = subprocess.run(command, cwd=ROOT, env=env, check=True, stdout=subprocess.PIPE)
    return json.loads(done.stdout)


def mails(env):
    return sorted(Path(env["COUNSEL_VAR"], "mail").glob("*.eml"))


def wait_for_mails(env, number, seconds=60):
    until = time.monotonic() + seconds
    while len(mails(env)) < number and time.monotonic() < until:
        time.sleep(0.2)


def test_a_consultation_a_day_ahead_gets_exactly_one_reminder(counsel):
    ledger(counsel, "book 3")
    wait_for_mails(counsel, 2)
    # Some more ticks of both beats.
    time.sleep(3)

    raw = [file.read_bytes() for file in mails(counsel)]
    subjects = [message_from_bytes(mail, policy=default)["Subject"] for mail in raw]
    assert subjects == ["Your appointment is confirmed", "Your appointment"]
    assert [banned_in_mail(mail) for mail in raw] == [[], []]
    assert not [mail for mail in raw if b"Quellwasser" in mail]
    [rows] = ledger(counsel, "rows")
    assert [(row["kind"], row["state"]) for row in rows] == [
        ("consultation_confirmed", "sent"),
        ("consultation_reminder", "sent"),
    ]
