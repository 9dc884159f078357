"""Child processes, each the leader of its own group, so that none outlives us."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TextIO

from tools.say import Problem, Stopped, line

ROOT = Path(__file__).resolve().parent.parent
GRACE_SECONDS = 10.0
POLITE = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def stop_politely() -> None:
    """From here on Ctrl-C, SIGTERM and a closed terminal raise Stopped, once."""

    def stop(number: int, frame: object) -> None:
        ignore_signals()
        raise Stopped

    for name in POLITE:
        signal.signal(name, stop)


def ignore_signals() -> None:
    """While ending: a second Ctrl-C must not leave half of the children behind."""
    for name in POLITE:
        signal.signal(name, signal.SIG_IGN)


@contextlib.contextmanager
def started(
    command: Sequence[str],
    env: Mapping[str, str],
    stdout: int | None = None,
    stderr: int | TextIO | None = None,
) -> Iterator[subprocess.Popen[str]]:
    """One process; ended with its children when we leave early."""
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=stderr,
        text=True,
        start_new_session=True,
    ) as child:
        try:
            yield child
        finally:
            if child.poll() is None:
                os.killpg(child.pid, signal.SIGTERM)


class Children:
    """`with Children() as children:` ends them all, and their children, on the way out."""

    def __init__(self) -> None:
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.logs: dict[str, Path] = {}

    def __enter__(self) -> Children:
        return self

    def __exit__(self, *error: object) -> None:
        ignore_signals()
        if self.running:
            line("Ending …")  # a worker takes some seconds to finish what it is at
        self.end()

    def start(
        self, name: str, command: Sequence[str | Path], env: Mapping[str, str], log: Path
    ) -> None:
        with log.open("wb") as out:
            self.running[name] = subprocess.Popen(
                [*with_us(), *command],
                cwd=ROOT,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.logs[name] = log

    def check(self) -> None:
        for name, child in self.running.items():
            if child.poll() is not None:
                raise Problem(
                    f"The {name} has ended by itself ({_status(child.returncode)}), so all is "
                    f"stopped. What it said last is in {self.logs[name]}"
                )

    def stop(self, name: str, number: signal.Signals) -> None:
        """End one of them, and wait until it has ended."""
        child = self.running.pop(name)
        self._signal([child.pid], number)
        child.wait()

    def end(self) -> None:
        groups = [child.pid for child in self.running.values()]
        self._signal(groups, signal.SIGTERM)
        until = time.monotonic() + GRACE_SECONDS
        while (groups := self._alive(groups)) and time.monotonic() < until:
            time.sleep(0.05)
        self._signal(groups, signal.SIGKILL)
        for child in self.running.values():
            child.wait()

    def _alive(self, groups: list[int]) -> list[int]:
        for child in self.running.values():
            child.poll()
        return [group for group in groups if _has_live_member(group)]

    def _signal(self, groups: list[int], number: signal.Signals) -> None:
        for group in groups:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(group, number)


def with_us() -> list[str]:
    """A prefix, where the system has it: SIGTERM for the child even when we are killed outright."""
    return ["setpriv", "--pdeathsig", "TERM"] if shutil.which("setpriv") else []


def _has_live_member(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except (ProcessLookupError, PermissionError):  # the latter: macOS, of what is dead
        return False
    return True


def _status(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit status {code}"
