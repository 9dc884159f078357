"""All faults, in the order in which they are run."""

from __future__ import annotations

from faults import (
    brokers,
    changes,
    clocks,
    databases,
    killing,
    mailing,
    poisons,
    schedules,
    texting,
)
from faults.fault import Fault

FAULTS: tuple[Fault, ...] = (
    *killing.faults(),
    *brokers.faults(),
    *databases.faults(),
    *mailing.faults(),
    *texting.faults(),
    *schedules.faults(),
    *clocks.faults(),
    *changes.faults(),
    *poisons.faults(),
)
