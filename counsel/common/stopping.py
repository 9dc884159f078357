"""Whether this process has been told to stop: long work then ends between two of its steps.

A program of its own listens while it works. Of a Celery worker the main process hears first, and
passes it on to the processes of its pool: left alone, they would finish what may take minutes,
or, told by SIGTERM themselves, end in the middle of a step.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from billiard import active_children

# From a worker's main process to those of its pool: one that ends nobody who does not know it.
_ASK = signal.SIGURG
# For a process of a pool to say how its work went, before it ends.
_GRACE_SECONDS = 5

_asked = threading.Event()
_in_pool = threading.Event()


def ask() -> None:
    _asked.set()


def is_asked() -> bool:
    return _asked.is_set()


@contextmanager
def listening() -> Iterator[None]:
    """For a program of its own: SIGTERM and Ctrl-C ask it to stop. A second one ends it at once."""
    with _asked_by(signal.SIGTERM), _asked_by(signal.SIGINT):
        yield
    _asked.clear()


@contextmanager
def at_work() -> Iterator[None]:
    """Work that asks `is_asked` between its steps, so that nobody need end it in one of them.

    In a process of a pool the first SIGTERM asks as well, and is obeyed when the work has ended.
    """
    if not _in_pool.is_set():
        yield
        return
    told = threading.Event()
    with _asked_by(signal.SIGTERM, told):
        yield
    if told.is_set():
        ending = threading.Timer(_GRACE_SECONDS, os.kill, [os.getpid(), signal.SIGTERM])
        ending.daemon = True
        ending.start()


def worker_is_stopping(**kwargs: Any) -> None:
    """In a worker's main process."""
    ask()
    for child in active_children():
        if "PoolWorker" in child.name and child.pid:
            with suppress(OSError):
                os.kill(child.pid, _ASK)


def pool_process_begins(**kwargs: Any) -> None:
    """In a process of a worker's pool."""
    _in_pool.set()
    signal.signal(_ASK, lambda number, frame: ask())


@contextmanager
def _asked_by(number: signal.Signals, told: threading.Event | None = None) -> Iterator[None]:
    """Its first coming asks; a second one does what it did before."""
    former = signal.getsignal(number)

    def stop(number: int, frame: object) -> None:
        ask()
        if told is not None:
            told.set()
        signal.signal(number, former)

    signal.signal(number, stop)
    try:
        yield
    finally:
        signal.signal(number, former)
