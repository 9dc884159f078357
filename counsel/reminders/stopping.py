"""Whether this process has been told to stop: what sends then ends between two messages."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

_asked = threading.Event()


def ask() -> None:
    _asked.set()


def is_asked() -> bool:
    return _asked.is_set()


@contextmanager
def listening() -> Iterator[None]:
    """For a program of its own: SIGTERM and Ctrl-C ask it to stop, once. A second one ends it."""
    former = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}

    def stop(number: int, frame: object) -> None:
        ask()
        _restore(former)

    for number in former:
        signal.signal(number, stop)
    try:
        yield
    finally:
        _restore(former)
        _asked.clear()


def _restore(former: Mapping[signal.Signals, object]) -> None:
    for number, handler in former.items():
        signal.signal(number, handler)  # type: ignore[arg-type]
