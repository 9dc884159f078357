"""Drills that begin real servers: not in the default run."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from faults.stores import POSTGRESQL, SQLITE
from tests.thorough import THOROUGH
from tools.children import ROOT

pytestmark = [
    pytest.mark.services,
    pytest.mark.skipif(not THOROUGH, reason="each takes a minute or more"),
]


def gone_through(name: str, store: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "drills", "--store", store, name],
        cwd=ROOT,
        env=os.environ,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


def test_postgresql_is_restarted_while_people_read_and_write():
    said = gone_through("database", POSTGRESQL)
    assert "failed with a plain page" in said and "the log is whole" in said


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may make a small disk")
def test_the_disk_is_full_and_then_read_only():
    said = gone_through("disk", SQLITE)
    assert said.count("refused calmly") == 3 and said.count("goes on by itself") == 3
