"""Something changes after a reminder fell due: for some while it waits, for others while a worker
that has taken it up is busy with another. Real appointments, changed as the pages change them.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

from clients.models import Client
from clients.services.reaching import MessageChoices, messages_choose
from counsel.accounts.practice import Practice as Settings
from counsel.reminders.batch import FRESH_SECONDS
from counsel.reminders.models import Reminder, State, Wording
from faults.crew import SOLO
from faults.fault import Fault
from faults.pace import Pace
from faults.practice import Practice, message_id
from faults.verdict import Terms
from faults.waiting import until
from sessions.kinds import REMINDER
from sessions.models import Consultation
from sessions.services import consultation_book, consultation_cancel, consultation_reschedule
from tests.factories import make_client, make_counsellor, make_service

SOON = timedelta(seconds=5)
LATER = timedelta(days=30)
# Of those that wait, and then of what a worker has taken up at a time.
CHANGED_WAITING, CHANGED_TAKEN = 0.2, 0.6
# A message is held for as long as the changes take.
PATIENT = Pace(lease=300, batch=200, run=200, soft_limit=260, hard_limit=280, mail_timeout=150)


def faults() -> Iterator[Fault]:
    yield Fault("changes", changing, pace=PATIENT, quick=True)


def changing(practice: Practice) -> Terms:
    """Cancelled, moved, no messages wanted, another address, deleted."""
    _book(practice)
    changed: set[UUID] = set()
    withdrawn = _change(_some(CHANGED_WAITING, changed, state=State.QUEUED), changed)
    practice.mails.hold_each_batch()
    practice.crew.worker(*SOLO)
    for batch in itertools.count(1):
        until("a batch at the mail server", partial(_comes, practice, batch))
        if not practice.mails.is_held(batch):
            break
        taken = _some(CHANGED_TAKEN, changed, state=State.CLAIMED, handed_over_at=None)
        withdrawn |= _change(taken, changed)
        # What has been written for so long is asked for again before it goes.
        time.sleep(FRESH_SECONDS + 0.5)
        practice.mails.release(batch)
    return Terms(withdrawn=withdrawn, skips=len(withdrawn))


def _comes(practice: Practice, batch: int) -> bool:
    return practice.mails.is_held(batch) or not practice.open_rows()


def _book(practice: Practice) -> None:
    """Appointments in a day from now, each reminded of shortly after it is booked."""
    # No quiet hours: the fault is looked at by day and by night.
    Settings.objects.update_or_create(defaults={"quiet_from": 0, "quiet_until": 0})
    for _ in range(practice.count):
        counsellor = make_counsellor()
        client = make_client(counsellor=counsellor)
        starts_at = datetime.now(UTC) + timedelta(days=1) + SOON
        consultation_book(
            service=make_service(counsellor=counsellor), client=client, starts_at=starts_at
        )
    # That it is confirmed is another message.
    Reminder._base_manager.exclude(kind=REMINDER).delete()
    time.sleep(SOON.total_seconds())
    # What a change brings about is due later, and not looked at.
    practice.until_due = datetime.now(UTC)


def _some(share: float, changed: set[UUID], **which: object) -> list[Reminder]:
    rows = Reminder._base_manager.filter(kind=REMINDER, **which).exclude(pk__in=changed)
    found = list(rows.order_by("due_at", "pk"))
    return found[: round(share * len(found))]


def _change(rows: Sequence[Reminder], changed: set[UUID]) -> dict[str, float]:
    """Each in turn in another way; from when on which of the messages must not arrive."""
    withdrawn = {}
    for number, row in enumerate(rows):
        change = _CHANGES[number % len(_CHANGES)]
        change(Consultation._base_manager.get(pk=row.subject_id))
        changed.add(row.pk)
        if change is not _move_house:
            withdrawn[message_id(row)] = time.time()
    return withdrawn


def _cancel(consultation: Consultation) -> None:
    consultation_cancel(consultation=consultation, by="counsellor")


def _move(consultation: Consultation) -> None:
    consultation_reschedule(consultation=consultation, starts_at=consultation.starts_at + LATER)


def _opt_out(consultation: Consultation) -> None:
    none = Wording.NONE
    choices = MessageChoices(
        email_wording=none, sms_wording=none, push_wording=none, reminder_offsets=None
    )
    messages_choose(client=consultation.client, choices=choices)


def _move_house(consultation: Consultation) -> None:
    client = consultation.client
    Client.objects.these(client).update(email=f"new-{client.email}")


def _delete(consultation: Consultation) -> None:
    consultation.changes.all().delete()
    consultation.delete()


_CHANGES: tuple[Callable[[Consultation], None], ...] = (
    _cancel,
    _move,
    _opt_out,
    _move_house,
    _delete,
)
