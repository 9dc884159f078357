"""The servers that take messages, each in its own process, and what they are told."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from faults.orders import Note, Orders, Rule, What, notes_file, of_kind, read_notes
from faults.waiting import until
from tools.children import ROOT, with_us
from tools.servers import free_port

# The same shares of the same addresses in every run.
SEED = 20300106


class MessageServer:
    """Runs `program` (faults.sink, say) in a folder of its own, and reads what it writes down."""

    def __init__(self, program: str, folder: Path) -> None:
        self.program, self.folder, self.port = program, folder, free_port()
        folder.mkdir()
        self._orders = Orders()
        self._orders.write(folder)
        notes_file(folder).touch()

    def start(self) -> None:
        command = [sys.executable, "-m", self.program, str(self.folder), str(self.port), str(SEED)]
        with (self.folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                [*with_us(), *command], cwd=ROOT, stdout=log, stderr=subprocess.STDOUT
            )

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()

    def meets(self, *rules: Rule) -> None:
        """From now on this becomes of messages; without a rule all goes well."""
        self._order(replace(self._orders, rules=rules))

    def takes_time(self, seconds: float) -> None:
        """For each message."""
        self._order(replace(self._orders, delay=seconds))

    def hold(self, number: int) -> Note:
        """Waits for the message that gets no answer, as the so-many-th of all."""
        self._order(replace(self._orders, hold=number))
        until(f"{number} messages held", lambda: self.is_held(number))
        return self.notes("held")[number - 1]

    def hold_each_batch(self) -> None:
        """The first message of every connection gets no answer until it is released."""
        self._order(replace(self._orders, each_batch=True))

    def is_held(self, number: int) -> bool:
        return len(self.notes("held")) >= number

    def release(self, number: int) -> None:
        """So many of all that were held get their answer."""
        self._order(replace(self._orders, released=number))

    def notes(self, what: What) -> list[Note]:
        return of_kind(read_notes(self.folder), what)

    def _order(self, orders: Orders) -> None:
        self._orders = orders
        orders.write(self.folder)
