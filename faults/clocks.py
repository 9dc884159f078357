"""One machine's clock is two hours wrong, while another's is right."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from faults.crew import PREFORK, SOLO
from faults.fault import Fault
from faults.practice import Practice
from faults.stores import POSTGRESQL
from faults.verdict import Terms

WRONG = 2 * 60 * 60


def faults() -> Iterator[Fault]:
    # On SQLite all run on one machine, with one clock.
    yield Fault("clock-ahead", ahead, stores=(POSTGRESQL,))
    yield Fault("clock-behind", behind, stores=(POSTGRESQL,))


def ahead(practice: Practice) -> Terms:
    """Two hours ahead: nothing before its time, nothing dropped as too late."""
    return _beside_a_right_one(practice, WRONG)


def behind(practice: Practice) -> Terms:
    """Two hours behind: nobody takes away what it has just taken up."""
    return _beside_a_right_one(practice, -WRONG)


def _beside_a_right_one(practice: Practice, seconds: int) -> Terms:
    practice.plan(over=10, due_in=10, useful=timedelta(hours=1))
    practice.mails.takes_time(0.02)
    # Ticks carry the time of their own machine: each has a beat and a queue of its own.
    practice.crew.worker(*PREFORK, FAULTS_CLOCK=str(seconds), FAULTS_QUEUE="wrong-clock")
    practice.crew.worker(*SOLO)
    practice.until_settled()
    return Terms()
