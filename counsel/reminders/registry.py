"""How the ledger asks its subjects back.

The ledger stands below the apps that have something to remind of. Each of them registers its
kinds (in `AppConfig.ready()`) and is asked, at the moment of sending, whether the message is
still wanted and what it says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

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
    """The words of one message. They give no hint of care (see `counsel.reminders.words`).

    `short` is what channels of a line or two carry (`subject` where it is empty), with `link`.
    A mail with a `stop_link` says so in its headers too (RFC 8058).
    """

    subject: str
    body: str
    attachments: tuple[Attachment, ...] = field(default=())
    short: str = ""
    link: str = ""
    stop_link: str = ""


@dataclass(frozen=True, slots=True)
class Device:
    """A browser that a person lets us push to (RFC 8030), and its keys (RFC 8291)."""

    endpoint: str
    p256dh: str
    auth: str


@dataclass(frozen=True, slots=True)
class Reach:
    """Where one message goes and by which clock and in which words its reader lives.

    `address` is an e-mail address or a telephone number (E.164); for push it is empty and
    `devices` counts. `name` is there for whoever asked for plain words, and empty otherwise.
    """

    address: str
    language: str
    zone: ZoneInfo
    name: str = ""
    devices: tuple[Device, ...] = ()


@dataclass(frozen=True, slots=True)
class Skip:
    """Not wanted any more, and why, in words for the ledger."""

    reason: str


# Loads what these rows will ask for into their `at_hand`, in a fixed number of queries, and
# leaves out what is not there: a row that finds nothing at hand asks for itself.
Prepare = Callable[[Sequence["Reminder"]], None]


@dataclass(frozen=True, slots=True)
class Role:
    """How the app that knows a kind of person (`client:<id>`, `hold:<id>`) answers for them.

    `reach(reminder)` says where the message goes, or why it does not. `refused(reminder, address)`
    is told of an address that takes no messages: an e-mail address, a number, or the endpoint
    of a device. `stop_link(reminder)` leads to where they stop mails about homework.
    `prepare(rows)` loads what `reach` asks for, for many at once.
    """

    reach: Callable[[Reminder], Reach | Skip]
    refused: Callable[[Reminder, str], None] | None = None
    stop_link: Callable[[Reminder], str] | None = None
    prepare: Prepare | None = None


@dataclass(frozen=True, slots=True)
class ReminderKind:
    """`still_wanted(reminder, now)` returns None when wanted, or a Skip.
    `render(reminder, reach)` writes it for who is to read it. `prepare(rows)` loads what both ask
    for, for many at once.

    `channels` are those it may go by. One of `homework` can be paused, softens, and can be
    stopped from the mail itself. One that was `asked_for` is the answer without which what
    somebody has just done cannot go on: it also goes to those who want no messages.

    One that time alone brings about may have to wait: `waits_until(reminder, now)` is the end of
    its reader's quiet hours, where it would come in them, or None. The dispatcher alone asks.

    One message may speak of several things at once. `parts` are those it knows, by the words that
    stand in `Reminder.about`, so that the ledger can be asked for one of them.

    `over_at(reminder)` is when what it is about is past: by hand it can be sent again until then,
    without it until the row's own `not_after`.

    One that `tells_what_clients_do` is wanted as long as they have not done it: its fate is
    theirs alone.

    One that is `unseen_by_counsellors` tells by being there at all what is none of their business:
    nobody with a caseload sees a row of it, not even one that failed.
    """

    key: str
    label: StrOrPromise
    still_wanted: Callable[[Reminder, datetime], Skip | None]
    render: Callable[[Reminder, Reach], Message]
    channels: tuple[str, ...] = ("email",)
    parts: Mapping[str, StrOrPromise] = field(default_factory=dict)
    prepare: Prepare | None = None
    over_at: Callable[[Reminder], datetime] | None = None
    waits_until: Callable[[Reminder, datetime], datetime | None] | None = None
    homework: bool = False
    asked_for: bool = False
    tells_what_clients_do: bool = False
    unseen_by_counsellors: bool = False


Planner = Callable[[datetime], None]

_kinds: dict[str, ReminderKind] = {}
_planners: list[Planner] = []
_roles: dict[str, Role] = {}


def register_kind(kind: ReminderKind) -> None:
    _kinds[kind.key] = kind


def get_kind(key: str) -> ReminderKind:
    """The kind of that key, or KeyError: a row of an unknown kind fails by itself."""
    return _kinds[key]


def kinds() -> tuple[ReminderKind, ...]:
    return tuple(_kinds.values())


def register_role(name: str, role: Role) -> None:
    """Have `role` answer for every `person` that begins with `<name>:`."""
    _roles[name] = role


def role_of(reminder: Reminder) -> Role:
    """Raises KeyError for a person nobody answers for: such a row fails by itself."""
    return _roles[reminder.person.partition(":")[0]]


def tell_refused(reminder: Reminder, address: str) -> None:
    """Let whoever answers for its reader know that this address takes no messages."""
    refused = role_of(reminder).refused
    if refused is not None:
        refused(reminder, address)


def register_planner(planner: Planner) -> None:
    """Have `planner(now)` write, at each tick, the rows that time alone brings about."""
    if planner not in _planners:
        _planners.append(planner)


def planners() -> tuple[Planner, ...]:
    return tuple(_planners)
