"""What holds a client to their counsellor, as the apps above know it.

Each of them registers its ties in `AppConfig.ready()`. Before a client is handed over they are
asked what is still open; at the moment of handing over each lets go of what is its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from clients.models import Client
from counsel.accounts.models import Counsellor


@dataclass(frozen=True, slots=True)
class OpenMatter:
    """Something to settle first, in words for the client's own counsellor, and where."""

    words: str
    url: str


@dataclass(frozen=True, slots=True)
class Tie:
    """`open_matters(client, now)`, and `let_go(client, former)`: called in the transaction in
    which the client, who is the new counsellor's already, leaves the former one.
    """

    open_matters: Callable[[Client, datetime], Iterable[OpenMatter]]
    let_go: Callable[[Client, Counsellor], None]


_ties: list[Tie] = []


def register_tie(tie: Tie) -> None:
    if tie not in _ties:
        _ties.append(tie)


def open_matters(client: Client, now: datetime) -> list[OpenMatter]:
    """What stands in the way of handing this client over."""
    return [matter for tie in _ties for matter in tie.open_matters(client, now)]


def let_go(client: Client, former: Counsellor) -> None:
    for tie in _ties:
        tie.let_go(client, former)
