"""Runs faults one after the other on one store, each on a database and a folder of its own."""

from __future__ import annotations

import shutil
import time
import traceback
from collections.abc import Iterable, Iterator
from pathlib import Path

from faults.fault import Fault
from faults.practice import Practice
from faults.stores import Store
from faults.table import Outcome
from faults.verdict import Terms, judge
from faults.waiting import Stuck

OUT = Path(__file__).parent / "out"


def run(
    faults: Iterable[Fault], store: Store, folder: Path, count: int, *, quick: bool
) -> Iterator[Outcome]:
    for fault in faults:
        own = folder / f"{store.name}-{fault.name}"
        own.mkdir()
        with Practice(store, own, count, fault.pace, quick=quick) as practice:
            outcome = _one(fault, practice)
        _keep(own, outcome)
        yield outcome


def _one(fault: Fault, practice: Practice) -> Outcome:
    began = time.monotonic()
    try:
        terms = fault.run(practice)
    except Stuck as problem:
        terms = Terms(unclear=practice.count, fails=None, skips=None, wrong=(str(problem),))
    except Exception as error:
        # Whatever it was, the other faults can still be tried.
        traceback.print_exc()
        terms = Terms(wrong=(f"broke off: {type(error).__name__}",))
    seconds = time.monotonic() - began
    # In a few more ticks a second copy of something would show.
    practice.watch()
    verdict = judge(practice.rows(), practice.arrived(), terms)
    return Outcome(fault.name, practice.store.name, seconds, verdict)


def _keep(folder: Path, outcome: Outcome) -> None:
    """What everybody said, where something went wrong."""
    kept = OUT / folder.name
    shutil.rmtree(kept, ignore_errors=True)
    if not outcome.verdict.holds:
        kept.mkdir(parents=True)
        for file in [*folder.rglob("*.log"), *folder.rglob("*.json*")]:
            shutil.copy(file, kept / f"{file.parent.name}-{file.name}")
    shutil.rmtree(folder)
