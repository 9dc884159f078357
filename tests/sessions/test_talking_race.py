from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tools.children import ROOT

pytestmark = pytest.mark.services


def test_of_eight_tabs_one_is_kept_and_the_others_are_shown_what_stands_there(counsel_env):
    done = subprocess.run(
        [sys.executable, "-m", "tests.sessions.race_talking"],
        **{"cwd": ROOT, "env": counsel_env, "check": True, "capture_output": True},
        text=True,
        timeout=120,
    )
    assert json.loads(done.stdout) == {"told": [302] + [409] * 7, "kept": 1}
