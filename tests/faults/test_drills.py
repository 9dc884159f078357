"""The drills, as `make drill` runs them, each on both databases."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from faults.stores import POSTGRESQL, SQLITE
from tools.children import ROOT


@pytest.mark.services
@pytest.mark.parametrize("store", [SQLITE, POSTGRESQL])
@pytest.mark.parametrize("name", ["rotation"])
def test_a_bad_day_ends_well(name, store):
    command = [sys.executable, "-m", "drills", "--store", store, name]
    done = subprocess.run(command, cwd=ROOT, env=os.environ, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout + done.stderr
