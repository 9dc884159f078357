"""The Chromium the browser tests drive: the system's own, installed where we may."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from tools.say import Problem, line

NAMES = ("chromium", "chromium-browser", "google-chrome")


def chromium() -> Path:
    if found := _find():
        return found
    if os.geteuid() or not shutil.which("apt-get"):
        raise Problem("The browser tests need Chromium. On Debian: apt install chromium")
    line("Installing Chromium …")
    apt = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update", "-qq"], ["install", "-y", "-qq", "chromium"]):
        subprocess.run(["apt-get", *command], env=apt, stdin=subprocess.DEVNULL, check=False)
    if found := _find():
        return found
    raise Problem("Chromium could not be installed: the lines above say why.")


def _find() -> Path | None:
    return next((Path(path) for name in NAMES if (path := shutil.which(name))), None)
