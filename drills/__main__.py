"""`make drill`: bad days gone through with real servers and processes (WHAT=rotation for one)."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from drills import away, database, disk, restore, rotation
from drills.practice import Practice
from faults.stores import POSTGRESQL, SQLITE, OnPostgreSQL, OnSQLite, Store
from faults.waiting import Stuck
from tools.children import Children, stop_politely
from tools.say import Problem, Stopped, line

# A drill goes through its day and says each thing it has shown. It raises Failed.
Drill = Callable[[Practice], Iterator[str]]
DRILLS: dict[str, Drill] = {
    "away": away.drill,
    "database": database.drill,
    "disk": disk.drill,
    "restore": restore.drill,
    "rotation": rotation.drill,
}


def main(arguments: Sequence[str]) -> int:
    asked = _parser().parse_args(arguments)
    stores = [asked.store] if asked.store else [SQLITE, POSTGRESQL]
    failed = sum(_on(store, asked.names or list(DRILLS)) for store in stores)
    return 1 if failed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="drills")
    parser.add_argument("names", nargs="*", metavar="drill", help=", ".join(DRILLS))
    parser.add_argument("--store", choices=[POSTGRESQL, SQLITE], help="only on this one")
    return parser


def _on(name: str, wanted: Sequence[str]) -> int:
    """How many of these drills failed on one store."""
    if unknown := set(wanted) - set(DRILLS):
        raise Problem(f"No such drill: {', '.join(sorted(unknown))}. Say: {', '.join(DRILLS)}")
    with tempfile.TemporaryDirectory(prefix="counsel-drill-") as made, Children() as family:
        folder = Path(made)
        store: Store = OnSQLite(folder) if name == SQLITE else OnPostgreSQL(family, folder)
        return sum(not _holds(drill, store, folder / f"{store.name}-{drill}") for drill in wanted)


def _holds(name: str, store: Store, folder: Path) -> bool:
    line(f"\n── {name}, on {store.name}")
    folder.mkdir()
    # What the faults shorten has its own length here.
    env = {**store.fresh(folder), "COUNSEL_VAR": str(folder)}
    env["DJANGO_SETTINGS_MODULE"] = "counsel.settings"
    server = store.postgresql if isinstance(store, OnPostgreSQL) else None
    practice = Practice(folder, env, server)
    began = time.monotonic()
    try:
        for shown in DRILLS[name](practice):
            line(f"   {shown}")
    except (Problem, Stuck) as problem:
        line(f"   FAILED: {problem}")
        return False
    line(f"   All of it holds, after {time.monotonic() - began:.0f} s.")
    return True


if __name__ == "__main__":
    stop_politely()
    try:
        sys.exit(main(sys.argv[1:]))
    except Problem as problem:
        sys.exit(f"Counsel: {problem}")
    except Stopped:
        sys.exit(130)
