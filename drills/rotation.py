"""A new content key takes over from the old one."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator

from drills.practice import Practice, demand

# Opens the first client's record: it ends in an error where a value does not open.
_READ = "from clients.models import Client; print(Client._base_manager.first().emergency_contact)"


def drill(practice: Practice) -> Iterator[str]:
    practice.manage("load_library")
    practice.manage("seed_demo")
    old = practice.env["COUNSEL_CONTENT_KEYS"]
    new = f"k2:{base64.b64encode(os.urandom(32)).decode()}"
    written = practice.manage("shell", "--verbosity", "0", "-c", _READ)
    practice.env["COUNSEL_CONTENT_KEYS"] = f"{new},{old}"
    demand(
        practice.manage("shell", "--verbosity", "0", "-c", _READ) == written,
        "With a new key in front, what the old one sealed does not open.",
    )
    yield "with a new key in front, what the old one sealed still opens"
    practice.env["COUNSEL_CONTENT_KEYS"] = new
    demand(
        practice.tried("shell", "--verbosity", "0", "-c", _READ).returncode,
        "Without the old key something was read that it had sealed.",
    )
    yield "without the old key nothing is shown that it had sealed"
