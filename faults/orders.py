"""What the mail server is told to do, and what it writes down: files both sides can read."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

Step = Literal["LOGIN", "MAIL", "RCPT", "DATA", "POST", "TAKEN"]
What = Literal["taken", "held", "cut", "refused"]

# Instead of an answer. TAKEN is the step after the whole message has come in.
DROP = "drop"  # the connection breaks; at TAKEN the mail is kept all the same
FORGET = "forget"  # at TAKEN: it breaks, and the mail is not kept
HANG = "hang"  # no answer
TRICKLE = "trickle"  # an answer, one letter a second


@dataclass(frozen=True, slots=True)
class Rule:
    """At this step, for this share of the addresses, this often each: this answer, or one of the
    above. MAIL and LOGIN know no address yet: there it is a share of the messages. POST is the
    whole of a text message, and its answer a status ("429 3": with so many seconds to wait)."""

    step: Step
    answer: str
    share: float = 1
    times: int = 1_000_000


@dataclass(frozen=True, slots=True)
class Orders:
    """`delay` is seconds for each message. Kept waiting for an answer are the first `hold`
    messages from now on, or the first of `each_batch`, until their sender is gone or so many of
    them are `released`."""

    delay: float = 0
    hold: int = 0
    each_batch: bool = False
    released: int = 0
    rules: tuple[Rule, ...] = ()

    def write(self, folder: Path) -> None:
        new = folder / "orders.new"
        new.write_text(json.dumps(asdict(self)))
        new.rename(orders_file(folder))


def read_orders(folder: Path) -> Orders:
    found: dict[str, Any] = json.loads(orders_file(folder).read_text())
    rules = tuple(Rule(**rule) for rule in found.pop("rules"))
    return Orders(**found, rules=rules)


def orders_file(folder: Path) -> Path:
    return folder / "orders.json"


@dataclass(frozen=True, slots=True)
class Note:
    """One line of what the mail server wrote down, before it said anything to the sender.

    `taken`: the mail is delivered. `held`: it waits for its answer. `cut`: whoever sends it can
    not know whether it was taken. `refused`: the sender was told no.
    """

    what: What
    at: float
    message_id: str = ""
    address: str = ""
    pid: int = 0


def read_notes(folder: Path) -> list[Note]:
    # The last line may be half written.
    lines = notes_file(folder).read_text().split("\n")[:-1]
    return [Note(**json.loads(line)) for line in lines]


def of_kind(notes: Iterable[Note], what: What) -> list[Note]:
    return [note for note in notes if note.what == what]


def notes_file(folder: Path) -> Path:
    return folder / "notes.jsonl"
