"""What became of a reminder, in the words in which every page of the ledger tells it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from counsel.reminders.models import Reminder, State
from counsel.reminders.registry import get_kind
from counsel.reminders.staff import COUNSELLOR

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# Each state has a shape of its own (docs/look.md), so that colour never speaks alone.
SHAPES = {
    State.QUEUED: "wait",
    State.CLAIMED: "wait",
    State.SENT: "done",
    State.SKIPPED: "off",
    State.CANCELLED: "off",
    State.UNCERTAIN: "new",
    State.FAILED: "risk",
}
_SHORT, _LONG = "D j M, H:i", "D j M Y, H:i"


@dataclass(frozen=True, slots=True)
class Fate:
    """`words` go before the instant, where there is one; `why` is empty where all is said."""

    shape: str
    words: StrOrPromise
    at: datetime | None
    why: str

    @property
    def when(self) -> str:
        """By the clock that is set for the page; the year only where it is another one."""
        if self.at is None:
            return ""
        this_year = timezone.localtime(self.at).year == timezone.localtime().year
        return date_format(timezone.localtime(self.at), _SHORT if this_year else _LONG)


def fate_of(reminder: Reminder) -> Fate:
    state = State(reminder.state)
    words, at = _told(reminder, state)
    if tells_what_clients_do(reminder):
        at = reminder.due_at
    return Fate(SHAPES[state], words, at, why(reminder))


def why(reminder: Reminder) -> str:
    """Why it ended so. Of one that depends on what a client did, nothing that says whether they
    have: "not again: nothing is open for today" would.
    """
    if reminder.state == State.UNCERTAIN and tells_what_clients_do(reminder):
        return _("cut off while sending")
    return reminder.reason


def tells_what_clients_do(reminder: Reminder) -> bool:
    try:
        return get_kind(reminder.kind).tells_what_clients_do
    except KeyError:
        return False


def kind_words(reminder: Reminder) -> str:
    """What it is, for whoever reads the ledger; the key of a kind that is gone."""
    try:
        return capfirst(str(get_kind(reminder.kind).label))
    except KeyError:
        return reminder.kind


def _told(reminder: Reminder, state: State) -> tuple[StrOrPromise, datetime | None]:
    if state is State.QUEUED:
        again = reminder.attempts or reminder.reason
        at = max(reminder.try_at, reminder.due_at)
        return (_("Waiting, tried again") if again else _("Goes out")), at
    if state is State.CLAIMED:
        return _("Being sent now"), None
    if state is State.UNCERTAIN and reminder.finished_at is None:
        return _("May have been sent, tried once more"), reminder.try_at
    if state in (State.SENT, State.UNCERTAIN):
        return capfirst(str(state.label)), reminder.handed_over_at or reminder.finished_at
    return capfirst(str(state.label)), reminder.finished_at


@dataclass(frozen=True, slots=True)
class Line:
    """One message in a list of a few, as `reminders/_lines.html` draws it."""

    reminder: Reminder
    what: str
    channel: str
    fate: Fate
    # To the counsellor, not to their client.
    is_to_staff: bool


def lines_of(reminders: Iterable[Reminder]) -> list[Line]:
    return [
        Line(
            row,
            kind_words(row),
            row.get_channel_display(),
            fate_of(row),
            row.person.startswith(f"{COUNSELLOR}:"),
        )
        for row in reminders
    ]
