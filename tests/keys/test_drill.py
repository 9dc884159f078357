from __future__ import annotations

import os
import subprocess
import sys

import pytest

from faults.stores import POSTGRESQL, SQLITE
from tests.thorough import THOROUGH
from tools.children import ROOT


@pytest.mark.services
@pytest.mark.parametrize("store", [SQLITE, POSTGRESQL] if THOROUGH else [POSTGRESQL])
def test_a_key_takes_over_killed_twice_while_others_write(store):
    command = [sys.executable, "-m", "drills", "--store", store, "rotation"]
    done = subprocess.run(command, cwd=ROOT, env=os.environ, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "nothing is lost" in done.stdout
