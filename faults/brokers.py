"""Redis forgets everything, restarts, or is gone."""

from __future__ import annotations

import time
from collections.abc import Iterator

from faults.fault import Fault
from faults.practice import Practice
from faults.stores import POSTGRESQL
from faults.verdict import Terms

OVER = 10.0


def faults() -> Iterator[Fault]:
    yield Fault("redis-flushall", flushed, stores=(POSTGRESQL,), quick=True)
    yield Fault("redis-restart", restarted, stores=(POSTGRESQL,))
    yield Fault("redis-gone", gone, stores=(POSTGRESQL,))


def flushed(practice: Practice) -> Terms:
    """FLUSHALL again and again, while reminders fall due."""
    practice.plan(over=OVER)
    practice.staff()
    practice.until_taken(0.01)
    with practice.redis() as client:
        for _ in range(10):
            client.flushall()
            time.sleep(OVER / 10)
    practice.until_settled()
    return Terms()


def restarted(practice: Practice) -> Terms:
    """Three restarts in ten seconds."""
    practice.plan(over=OVER)
    practice.staff()
    practice.until_taken(0.01)
    for _ in range(3):
        practice.servers.redis.stop()
        practice.servers.redis.start()
        time.sleep(3)
    practice.until_settled()
    return Terms()


def gone(practice: Practice) -> Terms:
    """No Redis for many ticks, in which all the others fall due."""
    practice.plan(over=OVER)
    practice.staff()
    practice.until_taken(0.01)
    practice.servers.redis.stop()
    practice.watch(ticks=15)
    practice.servers.redis.start()
    practice.until_settled()
    return Terms()
