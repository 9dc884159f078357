"""`make audit`: whether anything we lock has a known hole, and whether our Django is looked after.

The first asks the network, so it is no part of `make check`; a release is not made without it.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import venv
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from tools.children import ROOT
from tools.say import Problem, line

LOCKED = ROOT / "requirements" / "run.txt"
# The last day on which a line gets mends for its holes (djangoproject.com/download).
SUPPORTED_UNTIL = {"5.2": date(2028, 4, 30)}


def run(files: Sequence[str]) -> int:
    """Raises Problem where Django is old, or where nobody could be asked."""
    require_supported(LOCKED.read_text(encoding="utf-8"), date.today())
    line("Django is looked after. Asking for known holes …")
    with tempfile.TemporaryDirectory(prefix="counsel-audit-") as folder:
        return _ask(Path(folder), files or [str(LOCKED)])


def require_supported(locked: str, today: date) -> None:
    found = re.search(r"^django==(\d+\.\d+)", locked, re.MULTILINE)
    until = SUPPORTED_UNTIL.get(found[1]) if found else None
    if found is None or until is None:
        raise Problem("Nobody wrote down until when this line of Django is supported.")
    if today > until:
        raise Problem(f"Django {found[1]} has had no mends since {until}: take a newer line.")


def _ask(folder: Path, files: Sequence[str]) -> int:
    venv.create(folder, with_pip=True)
    python = folder / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    fetch: list[str | Path] = [python, "-m", "pip", "install", "--quiet", "pip-audit>=2.10,<3"]
    if subprocess.run(fetch).returncode:
        raise Problem("pip-audit cannot be fetched. Without a network nothing was looked at.")
    asked = [word for file in files for word in ("--requirement", file)]
    # Only what is named with its hash, nothing resolved anew; what nobody knows of is an error.
    command: list[str | Path] = [python, "-m", "pip_audit"]
    command += ["--strict", "--disable-pip", "--require-hashes", *asked]
    return 1 if subprocess.run(command, cwd=ROOT).returncode else 0
