"""Those who send are killed, or told to stop."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator

from faults.crew import PREFORK, SOLO
from faults.fault import Fault
from faults.practice import Practice
from faults.verdict import Terms
from faults.waiting import until

KILLS = 3
HOSTS_OFF = 3
RESTARTS = 10


def faults() -> Iterator[Fault]:
    yield Fault("kill-child", child)
    yield Fault("kill-worker", host, quick=True)
    yield Fault("rolling-restart", rolling)


def child(practice: Practice) -> Terms:
    """kill -9 of the pool child whose message the mail server has taken and not answered."""
    practice.plan()
    practice.crew.worker(*PREFORK)
    kills = practice.times(KILLS)
    for number in range(1, kills + 1):
        os.kill(practice.mails.hold(number).pid, signal.SIGKILL)
    practice.until_settled()
    return Terms(unclear=kills)


def host(practice: Practice) -> Terms:
    """kill -9 of everybody who sends at once, as when the power fails."""
    practice.plan()
    killed = 0
    for number in range(1, practice.times(HOSTS_OFF) + 1):
        staff = practice.staff()
        practice.mails.hold(number)
        for group in staff:
            practice.crew.kill(group)
        killed += practice.senders
    practice.staff()
    practice.until_settled()
    return Terms(unclear=killed)


def rolling(practice: Practice) -> Terms:
    """SIGTERM to one worker after the other, as in a deploy, while the others send."""
    practice.plan()
    practice.mails.takes_time(0.1)
    running = [(practice.crew.worker(*kind), kind) for kind in (PREFORK, SOLO)]
    practice.until_taken(0.05)
    for _ in range(RESTARTS):
        old, kind = running.pop(0)
        running.append((practice.crew.worker(*kind), kind))
        _stop(old)
    practice.mails.takes_time(0)
    practice.until_settled()
    return Terms()


def _stop(worker: subprocess.Popen[bytes]) -> None:
    # The worker itself, as a container or systemd's KillMode=mixed does.
    worker.terminate()
    until("a worker told to stop has ended", lambda: worker.poll() is not None)
