"""`make faults`: the fault matrix, with real servers and processes (WHAT=kill-child for one)."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from subprocess import PIPE
from typing import Any

from faults.pace import Pace
from faults.stores import POSTGRESQL, SQLITE
from faults.table import Outcome, table
from faults.verdict import Verdict
from tools.children import started, stop_politely
from tools.say import Problem, Stopped, line

OUT = Path(__file__).parent / "out"


def main(arguments: Sequence[str]) -> int:
    asked = _parser().parse_args(arguments)
    lanes = _lanes(asked.names, asked.store, asked.quick)
    pace = Pace().hurried() if asked.quick else Pace()
    line(f"{asked.count} reminders a fault. Shortened, where a fault does not say otherwise:")
    line(f"{pace} (seconds). All else is as it runs in a practice.")
    began = time.monotonic()
    outcomes, whole = _run(lanes, asked.count, "quick" if asked.quick else "whole")
    seconds = time.monotonic() - began
    order = [name for names in lanes.values() for name in names]
    outcomes.sort(key=lambda outcome: (order.index(outcome.fault), outcome.store))
    written = f"{table(outcomes)}\n{len(outcomes)} rows, {asked.count} reminders each, in "
    written += f"{seconds:.0f} s\n"
    OUT.mkdir(exist_ok=True)
    (OUT / "table.txt").write_text(written)
    print(f"\n{written}", flush=True)
    return 0 if whole and all(outcome.verdict.holds for outcome in outcomes) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="faults")
    parser.add_argument("names", nargs="*", metavar="fault")
    parser.add_argument("--count", type=int, default=1000, help="reminders for each fault")
    parser.add_argument("--store", choices=[POSTGRESQL, SQLITE], help="only on this one")
    parser.add_argument("--quick", action="store_true", help="the quickest, once each")
    return parser


def _lanes(names: Sequence[str], store: str | None, quick: bool) -> dict[str, list[str]]:
    """The names of the faults to run, for each store. Raises Problem."""
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    django.setup()
    from faults.matrix import FAULTS

    if unknown := set(names) - {fault.name for fault in FAULTS}:
        there = ", ".join(fault.name for fault in FAULTS)
        raise Problem(f"No such fault: {', '.join(sorted(unknown))}. There are: {there}")
    wanted = [fault for fault in FAULTS if fault.name in names or not names]
    lanes = {
        own: [fault.name for fault in wanted if own in fault.stores and (fault.quick or not quick)]
        for own in ([store] if store else [POSTGRESQL, SQLITE])
    }
    return {own: faults for own, faults in lanes.items() if faults}


def _run(lanes: Mapping[str, Sequence[str]], count: int, how: str) -> tuple[list[Outcome], bool]:
    """Every lane beside the others; whether each of them came to its end."""
    outcomes: list[Outcome] = []

    def follow(lane: subprocess.Popen[str]) -> None:
        for text in lane.stdout or ():
            if not text.startswith("{"):
                continue  # that its servers end
            outcomes.append(outcome := _outcome(json.loads(text)))
            line(table([outcome], heads=False).rstrip())

    with ExitStack() as stack:
        running = [
            stack.enter_context(started(_lane(store, count, how, names), os.environ, PIPE))
            for store, names in lanes.items()
        ]
        readers = [threading.Thread(target=follow, args=[lane], daemon=True) for lane in running]
        for reader in readers:
            reader.start()
        for reader in readers:
            reader.join()
    return outcomes, not any(lane.returncode for lane in running)


def _lane(store: str, count: int, how: str, names: Sequence[str]) -> list[str]:
    return [sys.executable, "-m", "faults.lane", store, str(count), how, *names]


def _outcome(found: dict[str, Any]) -> Outcome:
    verdict = found.pop("verdict")
    return Outcome(**found, verdict=Verdict(**verdict))


if __name__ == "__main__":
    stop_politely()
    try:
        sys.exit(main(sys.argv[1:]))
    except Problem as problem:
        sys.exit(f"Counsel: {problem}")
    except Stopped:
        sys.exit(130)
