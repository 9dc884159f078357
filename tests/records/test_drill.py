from __future__ import annotations

import os
import subprocess
import sys

import pytest

from faults.stores import POSTGRESQL, SQLITE
from tests.thorough import THOROUGH
from tools.children import ROOT

# What a practice may be without its records; the drill takes a minute.
HOURS = 4


@pytest.mark.services
@pytest.mark.parametrize("store", [SQLITE, POSTGRESQL] if THOROUGH else [POSTGRESQL])
def test_an_old_backup_comes_back_elsewhere_and_somebody_signs_in(store):
    done = subprocess.run(
        [sys.executable, "-m", "drills", "--store", store, "restore"],
        cwd=ROOT,
        env=os.environ,
        capture_output=True,
        text=True,
        timeout=HOURS * 3600,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert "a client signs in there" in done.stdout
