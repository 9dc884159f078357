"""Those who send are killed, or told to stop."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
from collections.abc import Iterator
from functools import partial

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
    # To the worker alone, or to all of its processes, as systemd does by default.
    ways = itertools.cycle([os.kill, os.kill, os.killpg, os.killpg])
    for tell, _ in zip(ways, range(RESTARTS), strict=False):
        old, kind = running.pop(0)
        running.append((practice.crew.worker(*kind), kind))
        tell(old.pid, signal.SIGTERM)
        until("a worker told to stop has ended", partial(_has_ended, old))
    practice.mails.takes_time(0)
    practice.until_settled()
    return Terms()


def _has_ended(worker: subprocess.Popen[bytes]) -> bool:
    return worker.poll() is not None
