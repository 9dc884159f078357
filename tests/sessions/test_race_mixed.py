"""Everything that writes consultations at once, by `make test-services`."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tools.children import ROOT

pytestmark = pytest.mark.services

# In so many each act is played.
ROUNDS = 4


def test_eight_processes_leave_no_overlap_and_every_loser_gets_words(counsel_env):
    command = [sys.executable, "-m", "tests.sessions.race_mixed", str(ROUNDS)]
    done = subprocess.run(
        command, cwd=ROOT, env=counsel_env, check=True, capture_output=True, text=True, timeout=300
    )
    result = json.loads(done.stdout)
    outcomes = {outcome.split(": ", 1)[1] for outcome in result["told"]}
    assert outcomes == {"done", "refused"}, result["told"]
    assert sum(result["told"].values()) == 8 * ROUNDS
    assert set(result["never"].values()) == {0}, result["never"]
