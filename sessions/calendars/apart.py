"""Reads a calendar file from outside in a process of its own, with limits.

A few lines of such a file can ask for more work than a machine has time for, and no library
stops half-way. The process is given the file, two instants and a zone, and nothing else of ours:
no settings, no keys, no database.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sessions.calendars.busy import Span, TooMany, Unreadable, busy_spans

# Of work and, on a machine that is busy otherwise, of waiting.
_CPU_SECONDS = 20
SECONDS = 60
_MEMORY = 1024**3
_ROOT = Path(__file__).resolve().parents[2]
_UNREADABLE, _TOO_MANY = 3, 4


def busy_spans_apart(
    data: bytes, *, zone: ZoneInfo, since: datetime, until: datetime, seconds: float = SECONDS
) -> list[Span]:
    """As `busy_spans`; what takes too long, or too much memory, is TooMany."""
    asked = json.dumps([zone.key, since.isoformat(), until.isoformat()]).encode()
    try:
        done = subprocess.run(
            [sys.executable, "-m", "sessions.calendars.apart"],
            input=asked + b"\n" + data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=_ROOT,
            env={},
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise TooMany from error
    if done.returncode == _UNREADABLE:
        raise Unreadable
    if done.returncode:
        raise TooMany
    return [
        (datetime.fromisoformat(start), datetime.fromisoformat(end))
        for start, end in json.loads(done.stdout)
    ]


def main() -> int:
    for limit, most in ((resource.RLIMIT_AS, _MEMORY), (resource.RLIMIT_CPU, _CPU_SECONDS)):
        # Not every system takes every limit; the clock of whoever waits holds in any case.
        with suppress(ValueError, OSError):
            resource.setrlimit(limit, (most, most))
    zone, since, until = json.loads(sys.stdin.buffer.readline())
    try:
        spans = busy_spans(
            sys.stdin.buffer.read(),
            zone=ZoneInfo(zone),
            since=datetime.fromisoformat(since),
            until=datetime.fromisoformat(until),
        )
    except Unreadable:
        return _UNREADABLE
    except TooMany:
        return _TOO_MANY
    json.dump([[start.isoformat(), end.isoformat()] for start, end in spans], sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
