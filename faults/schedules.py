"""Two beats, none, or one that comes hours too late; ticks delivered five times."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from faults.crew import PREFORK, SOLO
from faults.fault import Fault
from faults.practice import Practice
from faults.verdict import Terms
from faults.waiting import Stuck

LATE = 6 * 60 * 60.0


def faults() -> Iterator[Fault]:
    yield Fault("two-beats", two_beats)
    yield Fault("no-beat", no_beat, quick=True)
    yield Fault("late-beat", late_beat)
    yield Fault("five-deliveries", five_deliveries, quick=True)


def two_beats(practice: Practice) -> Terms:
    """Both tick for two workers, for five minutes with 1,000 reminders."""
    practice.plan(over=0.3 * practice.count)
    practice.crew.worker(*PREFORK, beat=False)
    practice.crew.worker(*SOLO, beat=False)
    practice.crew.beat()
    practice.crew.beat()
    practice.until_settled(seconds=0.3 * practice.count + 300)
    return Terms()


def no_beat(practice: Practice) -> Terms:
    """Nobody ticks, so nothing goes out; two `send_due` at once then send everything."""
    practice.plan()
    practice.crew.worker(*SOLO, beat=False)
    practice.watch(ticks=5)
    if practice.mails.notes("taken"):
        raise Stuck("mails went out without a tick")
    while practice.open_rows():
        if any(run.wait() for run in [practice.crew.send_due(), practice.crew.send_due()]):
            raise Stuck("send_due ended with an error")
    return Terms()


def late_beat(practice: Practice) -> Terms:
    """Due six hours ago: a half is still of use, the others are dropped with a reason."""
    half = practice.count // 2
    practice.plan(range(half), due_in=-LATE, useful=timedelta(hours=1))
    practice.plan(range(half, practice.count), due_in=-LATE, useful=timedelta(hours=12))
    practice.staff()
    practice.until_settled()
    return Terms(skips=half)


def five_deliveries(practice: Practice) -> Terms:
    """Each tick is delivered five times, to a worker that does five things at once."""
    practice.plan()
    practice.crew.worker("--pool", "prefork", "--concurrency", "5", beat=False)
    practice.crew.deliveries(5)
    practice.until_settled()
    return Terms()
