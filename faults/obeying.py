"""What all servers that take messages have in common here: orders to follow, and a notebook."""

from __future__ import annotations

import json
import os
import time
import zlib
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from random import Random

from faults.orders import Note, Orders, Rule, Step, What, notes_file, orders_file, read_orders

# Longer than anybody waits for an answer.
HANG_SECONDS = 300


class Obeying:
    def __init__(self, folder: Path, seed: int) -> None:
        self.folder, self.seed = folder, seed
        self._random = Random(seed)  # noqa: S311 (a share, no secret)
        self._hits: Counter[tuple[str, str]] = Counter()
        self._read_at = 0
        self._orders = Orders()
        self._notes = os.open(notes_file(folder), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def orders(self) -> Orders:
        changed = orders_file(self.folder).stat().st_mtime_ns
        if changed != self._read_at:
            self._orders, self._read_at = read_orders(self.folder), changed
        return self._orders

    def note(self, what: What, address: str = "", message_id: str = "", pid: int = 0) -> None:
        """Written down, before anything is answered."""
        line = json.dumps(asdict(Note(what, time.time(), message_id, address, pid)))
        os.write(self._notes, line.encode() + b"\n")

    def rule_at(self, step: Step, address: str = "") -> Rule | None:
        for rule in self.orders().rules:
            if rule.step == step and self._meets(rule, address):
                return rule
        return None

    def _meets(self, rule: Rule, address: str) -> bool:
        if not address:
            return self._random.random() < rule.share
        # The same addresses in every run, in whatever order they come.
        drawn = zlib.crc32(f"{self.seed} {rule.step} {address}".encode()) / 2**32
        which = (f"{rule.step} {rule.answer}", address)
        if drawn >= rule.share or self._hits[which] >= rule.times:
            return False
        self._hits[which] += 1
        return True
