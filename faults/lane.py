"""`python -m faults.lane <store> <count> <whole|quick> <fault>…`: faults on one store.

Says one outcome a line, as JSON.

A process of its own for each store, because Django knows one database, and so that the stores go
on beside each other.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import django

from faults.stores import SQLITE, OnPostgreSQL, OnSQLite, Store
from tools.children import Children, stop_politely
from tools.say import Stopped


def main(name: str, count: int, how: str, wanted: Sequence[str]) -> None:
    stop_politely()
    with tempfile.TemporaryDirectory(prefix="counsel-faults-") as made, Children() as family:
        folder = Path(made)
        store: Store = OnSQLite(folder) if name == SQLITE else OnPostgreSQL(family, folder)
        os.environ.update(store.env)
        django.setup()
        from faults.matrix import FAULTS
        from faults.running import run

        faults = [fault for fault in FAULTS if fault.name in wanted]
        for outcome in run(faults, store, folder, count, quick=how == "quick"):
            print(json.dumps(asdict(outcome)), flush=True)


if __name__ == "__main__":
    try:
        main(sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4:])
    except Stopped:
        sys.exit(130)
