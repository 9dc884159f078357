"""A new content key takes over, killed twice on the way, while people go on writing."""

from __future__ import annotations

import base64
import os
import signal
from collections.abc import Iterator, Sequence
from pathlib import Path
from subprocess import DEVNULL

from drills.practice import Practice, demand
from faults.waiting import until
from tools.children import Children, started

# Small enough that there are many moments to be killed in.
BATCH = "10"
KILLED_TIMES = 2
_FAR_ENOUGH = 0.8
_LEFT = "SELECT count(*) FROM exercises_entry WHERE substr(answers, 1, 6) = 'v1:k1:'"


def drill(practice: Practice) -> Iterator[str]:
    practice.manage("load_library")
    practice.manage("seed_demo")
    old = practice.env["COUNSEL_CONTENT_KEYS"]
    new = f"k2:{base64.b64encode(os.urandom(32)).decode()}"
    with Children() as family:
        practice.env["COUNSEL_CONTENT_KEYS"] = f"{old},{new}"
        _start_writer(practice, family, 0)
        practice.env["COUNSEL_CONTENT_KEYS"] = f"{new},{old}"
        for number in (1, 2):
            _start_writer(practice, family, number)
        _until_all_write(practice, family)
        for _ in range(KILLED_TIMES):
            left = _kill_half_way(practice)
            yield f"killed in the middle, with {left} entries still under the old key"
            yield f"all of it can be read: {practice.run('drills.reading')}"
        # Until now one has sealed with the old key all the time.
        family.stop(_name(0), signal.SIGTERM)
        practice.manage("rotate_keys", "--hurry")
        yield "begun a third time it came to its end"
        practice.env["COUNSEL_CONTENT_KEYS"] = new
        practice.manage("check")
        family.check()
        for number in (1, 2):
            family.stop(_name(number), signal.SIGTERM)
    read = practice.run("drills.reading", *map(str, _told(practice)))
    yield f"without the old key nothing is lost: {read}"
    practice.env["COUNSEL_CONTENT_KEYS"] = old
    refused = practice.tried("send_due")
    demand(refused.returncode, "With the old key alone a command ran.")
    demand("'k2' is missing" in refused.stderr, "It was not said which key is missing.")
    yield "with the old key alone nothing starts any more"


def _start_writer(practice: Practice, family: Children, number: int) -> None:
    file = practice.folder / f"told-{number}.jsonl"
    file.touch()
    command = practice.module("drills.writers", str(number), str(file))
    family.start(_name(number), command, practice.env, practice.folder / f"{_name(number)}.log")


def _name(number: int) -> str:
    return f"writer {number}"


def _told(practice: Practice) -> Sequence[Path]:
    return sorted(practice.folder.glob("told-*.jsonl"))


def _until_all_write(practice: Practice, family: Children) -> None:
    def they_do() -> bool:
        family.check()
        return all(file.stat().st_size for file in _told(practice))

    until("everybody writes", they_do)


def _kill_half_way(practice: Practice) -> int:
    """Kill a rotation between its first row and its last; how many values it has left."""
    before = practice.number(_LEFT)
    command = practice.command("rotate_keys", "--batch", BATCH)
    with started(command, practice.env, DEVNULL) as rotation:
        until("it is at the entries", lambda: practice.number(_LEFT) < before * _FAR_ENOUGH)
        rotation.kill()
        rotation.wait()
    left = practice.number(_LEFT)
    demand(rotation.returncode == -signal.SIGKILL and left, "It came to its end before that.")
    return left
