"""Redis forgets everything, restarts, or is gone; the broker of files is emptied, or broken."""

from __future__ import annotations

import time
from collections.abc import Iterator

from faults.crew import SOLO
from faults.fault import Fault
from faults.practice import Practice
from faults.stores import POSTGRESQL, SQLITE
from faults.verdict import Terms
from faults.waiting import until

OVER = 10.0


def faults() -> Iterator[Fault]:
    yield Fault("redis-flushall", flushed, stores=(POSTGRESQL,), quick=True)
    yield Fault("redis-restart", restarted, stores=(POSTGRESQL,))
    yield Fault("redis-gone", gone, stores=(POSTGRESQL,))
    yield Fault("broker-emptied", emptied, stores=(SQLITE,))
    yield Fault("broker-garbage", garbage, stores=(SQLITE,))


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


def emptied(practice: Practice) -> Terms:
    """All files of the broker are removed again and again, while reminders fall due."""
    practice.plan(over=OVER)
    practice.staff(timer=False)
    practice.until_taken(0.01)
    for _ in range(50):
        for file in practice.broker.glob("*.msg"):
            file.unlink(missing_ok=True)
        time.sleep(OVER / 50)
    practice.until_settled()
    return Terms()


def garbage(practice: Practice) -> Terms:
    """Messages that were cut off half-way, as a power cut may leave them, for a single worker."""
    practice.plan(over=OVER)
    worker = practice.crew.worker(*SOLO)
    practice.until_taken(0.01)
    for number, text in enumerate(["", "{", '{"body": "W10=", "head', "\0" * 512]):
        name = f"{time.time_ns()}_{number}.{practice.queue}.msg"
        (practice.broker / name).write_text(text)
        time.sleep(OVER / 5)
    until("all settled", lambda: worker.poll() is not None or not practice.open_rows())
    return Terms(wrong=() if worker.poll() is None else ("the worker has ended",))
