"""What the bench compares Counsel with: in an environment of its own, made when first asked for."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

from tools.children import ROOT
from tools.environment import requirements
from tools.say import Problem, last_line, line

VENV = ROOT / ".venv-bench"
PYTHON = VENV / "bin" / "python"
# The hash of the requirements it holds. Written last.
STAMP = VENV / "counsel-requirements.txt"


def ensure() -> Path:
    """The Python of an environment that holds requirements/bench.txt and nothing of ours."""
    wanted = hashlib.sha256(requirements("bench").read_bytes()).hexdigest()
    if not (PYTHON.exists() and STAMP.exists() and STAMP.read_text() == wanted):
        line(f"Installing what Counsel is compared with in {VENV.name}/ …")
        _run([sys.executable, "-m", "venv", "--clear", str(VENV)])
        options = ["--quiet", "--disable-pip-version-check", "--require-hashes"]
        install = [str(PYTHON), "-m", "pip", "install", *options]
        _run([*install, "-r", str(requirements("bench"))])
        STAMP.write_text(wanted)
    return PYTHON


def _run(command: list[str]) -> None:
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode:
        raise Problem(f"{VENV.name} cannot be made: {last_line(done.stdout + done.stderr)}")
