"""The product's own processes, as a practice starts them: Celery workers, beats, `send_due`."""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tools.children import ROOT, with_us

CELERY = (sys.executable, "-m", "celery", "-A", "counsel")
PREFORK = ("--pool", "prefork", "--concurrency", "2")
SOLO = ("--pool", "solo")


class Crew:
    """All that were started, each in a group of its own."""

    def __init__(self, env: Mapping[str, str], folder: Path) -> None:
        self.env, self.folder = env, folder
        self._count = itertools.count(1)
        self._groups: list[subprocess.Popen[bytes]] = []

    def end(self) -> None:
        for group in self._groups:
            self.kill(group)

    def worker(self, *options: str, beat: bool = True, **env: str) -> subprocess.Popen[bytes]:
        """A worker, with a beat of its own where nothing else is said."""
        number = next(self._count)
        schedule = ("--beat", "--schedule", str(self.folder / f"beat-{number}")) if beat else ()
        name = ("--hostname", f"worker-{number}@%h", "--loglevel", "INFO")
        lone = ("--without-mingle", "--without-gossip")
        return self._start(
            f"worker-{number}", [*CELERY, "worker", *name, *lone, *options, *schedule], env
        )

    def beat(self, **env: str) -> subprocess.Popen[bytes]:
        number = next(self._count)
        schedule = ("--schedule", str(self.folder / f"beat-{number}"), "--loglevel", "INFO")
        pid_file = ("--pidfile", str(self.folder / f"beat-{number}.pid"))
        return self._start(f"beat-{number}", [*CELERY, "beat", *schedule, *pid_file], env)

    def timer(self, **env: str) -> subprocess.Popen[bytes]:
        """`send_due` once a second, as from a timer."""
        command = [sys.executable, "-m", "faults.timer"]
        return self._start(f"timer-{next(self._count)}", command, env)

    def deliveries(self, times: int) -> subprocess.Popen[bytes]:
        """Every tick so many times at once, once a second."""
        command = [sys.executable, "-m", "faults.deliver", str(times)]
        return self._start(f"deliveries-{next(self._count)}", command, {})

    def send_due(self, **env: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "manage.py", "send_due"]
        return self._start(f"send-due-{next(self._count)}", command, env)

    def _start(
        self, name: str, command: Sequence[str], env: Mapping[str, str]
    ) -> subprocess.Popen[bytes]:
        with (self.folder / f"{name}.log").open("wb") as log:
            child = subprocess.Popen(
                [*with_us(), *command],
                cwd=ROOT,
                env={**self.env, **env},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._groups.append(child)
        return child

    def kill(self, group: subprocess.Popen[bytes]) -> None:
        """As when the machine goes off: the whole group at once."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group.pid, signal.SIGKILL)
        group.wait()
