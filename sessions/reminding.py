"""Which reminders go before a consultation: one for each lead and channel that is wanted.

They follow from the consultation, from what its client chose (else the practice) and from the
quiet hours, so that they can be worked out anew whenever one of these has changed. Many
consultations cost the same few queries as one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeAlias
from uuid import UUID

from django.utils.translation import gettext as _

from clients.models import Client
from clients.reach import channels_of, person_of
from counsel.accounts.practice import Practice
from counsel.common.offsets import in_order
from counsel.reminders.models import Reminder, State
from counsel.reminders.timing import QuietHours, Window, consultation_reminder_windows
from sessions.kinds import REMINDER, subject_of
from sessions.models import Consultation

EVER = datetime(1970, 1, 1, tzinfo=UTC)
WRITTEN_AT_ONCE = 100
_TIMES = ("due_at", "try_at", "not_after")

# The subject, its start, the minutes before it and the channel.
Key: TypeAlias = tuple[str, str, int, str]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """One reminder that should be there. Not `ahead`: too late to begin with."""

    consultation: Consultation
    window: Window
    ahead: bool


def start_mark(consultation: Consultation) -> str:
    return f"{consultation.starts_at:%Y%m%dT%H%M%SZ}"


def offsets_of(client: Client, practice: Practice) -> list[int]:
    """Minutes before the start, the earliest first: the client's own, else the practice's."""
    chosen = client.reminder_offsets
    return in_order(practice.reminder_offsets if chosen is None else chosen)


def quiet_hours_of(client: Client, practice: Practice) -> QuietHours:
    return QuietHours(client.zone, practice.quiet_from, practice.quiet_until)


def reminders_keep(
    consultations: Sequence[Consultation],
    practice: Practice,
    since: Mapping[UUID, datetime],
    now: datetime,
) -> None:
    """Bring the reminders of firm consultations in line with what is wanted.

    What would have been due by `since` is not begun with: the client hears of the consultation
    itself only then. What waits and is due already keeps its place, as long as it is wanted.
    """
    wanted = {
        key: row
        for consultation in consultations
        for key, row in _wanted(consultation, practice, since[consultation.pk])
    }
    there = {_key(row): row for row in _ledger(consultations)}
    _add((key, row) for key, row in wanted.items() if row.ahead and key not in there)
    _renew([(there[key], row) for key, row in wanted.items() if key in there], now)
    _withdraw([row for key, row in there.items() if _is_stale(row, wanted.get(key), now)], now)


def _wanted(
    consultation: Consultation, practice: Practice, since: datetime
) -> Iterator[tuple[Key, _Wanted]]:
    client = consultation.client
    offsets, quiet = offsets_of(client, practice), quiet_hours_of(client, practice)
    starts_at = consultation.starts_at
    ahead = consultation_reminder_windows(starts_at, offsets, since, quiet)
    for minutes, window in consultation_reminder_windows(starts_at, offsets, EVER, quiet).items():
        for channel in channels_of(client, REMINDER):
            key = (subject_of(consultation), start_mark(consultation), -minutes, channel.value)
            yield key, _Wanted(consultation, window, minutes in ahead)


def _ledger(consultations: Iterable[Consultation]) -> Iterable[Reminder]:
    subjects = [subject_of(row) for row in consultations]
    # A copy was asked for by hand: it is nobody else's to move.
    return Reminder.objects.filter(subject__in=subjects, kind=REMINDER, copy=0)


def _key(row: Reminder) -> Key:
    return row.subject, row.occurrence, row.offset_minutes, row.channel


def _add(rows: Iterable[tuple[Key, _Wanted]]) -> None:
    Reminder.objects.bulk_create(
        (
            Reminder(
                counsellor_id=row.consultation.counsellor_id,
                kind=REMINDER,
                subject=subject,
                occurrence=occurrence,
                offset_minutes=offset,
                person=person_of(row.consultation.client),
                channel=channel,
                due_at=row.window[0],
                try_at=row.window[0],
                not_after=row.window[1],
            )
            for (subject, occurrence, offset, channel), row in rows
        ),
        # Whoever changes something else just now writes the same ones.
        ignore_conflicts=True,
    )


def _renew(pairs: Iterable[tuple[Reminder, _Wanted]], now: datetime) -> None:
    """Move what waits to its new time; let what was withdrawn wait again.

    Each write asks once more for the state that was seen: a worker may hold the row by now.
    """
    moved, again = [], []
    for there, row in pairs:
        if there.state == State.QUEUED and _has_moved(there, row, now):
            moved.append(_timed(there, row))
        elif there.state == State.CANCELLED and there.handed_over_at is None and row.ahead:
            there.state, there.attempts, there.reason = State.QUEUED, 0, ""
            there.finished_at = None
            again.append(_timed(there, row))
    waiting = Reminder.objects.filter(state=State.QUEUED)
    waiting.bulk_update(moved, _TIMES, batch_size=WRITTEN_AT_ONCE)
    withdrawn = Reminder.objects.filter(state=State.CANCELLED, handed_over_at=None)
    fields = [*_TIMES, "state", "attempts", "reason", "finished_at"]
    withdrawn.bulk_update(again, fields, batch_size=WRITTEN_AT_ONCE)


def _has_moved(there: Reminder, row: _Wanted, now: datetime) -> bool:
    due_at = row.window[0]
    return there.due_at > now and due_at > now and (there.due_at, there.not_after) != row.window


def _timed(there: Reminder, row: _Wanted) -> Reminder:
    there.due_at, there.not_after = row.window
    there.try_at = there.due_at
    return there


def _is_stale(there: Reminder, row: _Wanted | None, now: datetime) -> bool:
    if there.state != State.QUEUED:
        return False
    return row is None or (there.due_at > now and row.window[0] <= now)


def _withdraw(rows: Sequence[Reminder], now: datetime) -> None:
    if rows:
        Reminder.objects.these(*rows).filter(state=State.QUEUED).update(
            state=State.CANCELLED, reason=_("not wanted any more"), finished_at=now
        )
