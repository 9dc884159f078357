"""The virtual environment: made once, filled from the locked requirements, then left alone."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from tools import children
from tools.say import Problem, Progress, last_line, line

ROOT = children.ROOT
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
# What is installed: {"run": <hash of requirements/run.txt>, "dev": …}. Written last.
STAMP = VENV / "counsel-requirements.json"
# How pip names what it is at: by requirement, or by the file of a wheel it need not fetch.
PACKAGE = (
    r"(?:Collecting |Requirement already satisfied: |Processing \S*/)"
    r"([A-Za-z0-9_.]+(?:-[A-Za-z][\w.]*)*)"
)
INSTALL_LOG = VENV / "counsel-install.log"


def ensure(kind: str) -> Path:
    """The Python of an environment that holds requirements/<kind>.txt ("run" or "dev")."""
    wanted = requirement_hashes()
    if not _holds(kind, wanted):
        with _alone():
            # Someone else may have filled it while we waited.
            if not _holds(kind, wanted):
                _create()
                _install(kind)
                # Everything run.txt locks is in dev.txt too.
                kept = ("run", "dev") if kind == "dev" else ("run",)
                STAMP.write_text(json.dumps({name: wanted[name] for name in kept}) + "\n")
    return PYTHON


def requirement_hashes() -> dict[str, str]:
    return {
        kind: hashlib.sha256(requirements(kind).read_bytes()).hexdigest() for kind in ("run", "dev")
    }


def requirements(kind: str) -> Path:
    return ROOT / "requirements" / f"{kind}.txt"


def _holds(kind: str, wanted: dict[str, str]) -> bool:
    try:
        installed = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return False
    # A moved or upgraded system Python leaves a dangling link.
    return PYTHON.exists() and installed.get(kind) == wanted[kind]


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    folder = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _create() -> None:
    if _is_usable():
        return
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        version = "{}.{}".format(*sys.version_info)
        raise Problem(
            f"This Python {version} cannot make a virtual environment. "
            f"Install the missing part, then try again: apt install python3-venv "
            f"(or python{version}-venv)"
        ) from None
    line(f"Making a virtual environment in {VENV.name}/ …")
    done = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", str(VENV)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise Problem(f"{VENV} cannot be made: {last_line(done.stdout + done.stderr)}")


def _is_usable() -> bool:
    """Whether there is an environment with pip and a Python that Counsel can use."""
    test = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    try:
        return subprocess.run([PYTHON, "-c", test], capture_output=True).returncode == 0
    except OSError:
        return False


def _install(kind: str) -> None:
    STAMP.unlink(missing_ok=True)
    options = ["--require-hashes", "--progress-bar", "off", "-r", str(requirements(kind))]
    command = [str(PYTHON), "-m", "pip", "install", *options]
    env = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"}
    with (
        children.started(command, env, subprocess.PIPE, subprocess.STDOUT) as pip,
        INSTALL_LOG.open("w") as log,
    ):
        errors = _show_progress(_copied(pip, log), count_requirements(kind))
    if pip.returncode:
        said = errors[-1] if errors else "pip ended early"
        raise Problem(f"Installing failed: {said} (everything pip said: {INSTALL_LOG})")


def count_requirements(kind: str) -> int:
    return len(re.findall(r"^[\w.-]+(?:\[[\w,-]+\])?==", requirements(kind).read_text(), re.M))


def _copied(pip: subprocess.Popen[str], log: TextIO) -> Iterator[str]:
    for text in pip.stdout or ():
        log.write(text)
        yield text
    pip.wait()


def _show_progress(output: Iterator[str], total: int) -> list[str]:
    """Shows what pip is at, of `total` packages; returns its errors."""
    progress = Progress()
    count = 0
    errors = []
    for text in output:
        if text.startswith("Ignoring "):  # for another system or Python
            total -= 1
        elif found := re.match(PACKAGE, text):
            count += 1
            progress.step(f"Installing {min(count, total)} of {total}: {found[1]}")
        elif text.startswith("Installing collected packages"):
            progress.step(f"Unpacking {total} packages: a minute at most …")
        elif text.startswith("ERROR: "):
            errors.append(text.removeprefix("ERROR: ").strip())
    progress.done()
    return errors
