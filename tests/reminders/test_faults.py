"""The quickest rows of the fault matrix; `make faults` runs them all, with many more reminders."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tools.children import ROOT


@pytest.mark.services
def test_what_breaks_loses_none_and_doubles_none():
    command = [sys.executable, "-m", "faults", "--quick", "--count", "60"]
    done = subprocess.run(command, cwd=ROOT, env=os.environ, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout + done.stderr
