"""How the ledger asks its subjects back.

The ledger stands below the apps that have something to remind of. Each of them registers its
kinds (in `AppConfig.ready()`) and is asked, at the moment of sending, whether the message is
still wanted and what it says.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from counsel.reminders.models import Reminder


@dataclass(frozen=True, slots=True)
class Attachment:
    filename: str
    content: str
    mimetype: str


@dataclass(frozen=True, slots=True)
class Message:
    """One mail, ready to go. Its words give no hint of care (see `counsel.reminders.words`)."""

    to: str
    subject: str
    body: str
    attachments: tuple[Attachment, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Skip:
    """Not wanted any more, and why, in words for the ledger."""

    reason: str


@dataclass(frozen=True, slots=True)
class ReminderKind:
    """`still_wanted(reminder, now)` returns None when wanted, or a Skip.

    One that `tells_what_clients_do` is wanted as long as they have not done it: its fate is
    theirs alone.

    One that is `unseen_by_counsellors` tells by being there at all what is none of their business:
    nobody with a caseload sees a row of it, not even one that failed.
    """

    key: str
    label: StrOrPromise
    still_wanted: Callable[[Reminder, datetime], Skip | None]
    render: Callable[[Reminder], Message]
    tells_what_clients_do: bool = False
    unseen_by_counsellors: bool = False


Planner = Callable[[datetime], None]

_kinds: dict[str, ReminderKind] = {}
_planners: list[Planner] = []


def register_kind(kind: ReminderKind) -> None:
    _kinds[kind.key] = kind


def get_kind(key: str) -> ReminderKind:
    """The kind of that key, or KeyError: a row of an unknown kind fails by itself."""
    return _kinds[key]


def kinds() -> tuple[ReminderKind, ...]:
    return tuple(_kinds.values())


def register_planner(planner: Planner) -> None:
    """Have `planner(now)` write, at each tick, the rows that time alone brings about."""
    if planner not in _planners:
        _planners.append(planner)


def planners() -> tuple[Planner, ...]:
    return tuple(_planners)
