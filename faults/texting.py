"""A provider of text messages asks us to wait, fails, or keeps silent."""

from __future__ import annotations

from collections.abc import Iterator

from counsel.reminders.models import Channel
from faults.fault import Fault
from faults.orders import DROP, FORGET, HANG, Rule
from faults.pace import Pace
from faults.practice import Practice
from faults.verdict import Terms

WAIT = 3
# Each of them keeps the whole channel waiting.
FEW = 0.01


def faults() -> Iterator[Fault]:
    yield Fault("provider-429", asked_to_wait, pace=Pace(longest_retry=2 * WAIT))
    yield Fault("provider-5xx", failing)
    yield Fault("provider-silent", silent, pace=Pace(mail_timeout=2))


def asked_to_wait(practice: Practice) -> Terms:
    """429 with a time to wait, which is kept."""
    practice.texts.meets(Rule("POST", f"429 {WAIT}", max(FEW, 3 / practice.count), times=1))
    terms = _sent(practice)
    refused = {note.message_id: note.at for note in practice.texts.notes("refused")}
    early = [
        note
        for note in practice.texts.notes("taken")
        if note.at < refused.get(note.message_id, 0) + WAIT
    ]
    return Terms(unclear=terms.unclear, wrong=tuple("came before its time to wait" for _ in early))


def failing(practice: Practice) -> Terms:
    """500 and 503, for some of them more than once."""
    practice.texts.meets(
        Rule("POST", "503", FEW, times=1),
        Rule("POST", "500", 0.2, times=2),
    )
    return _sent(practice)


def silent(practice: Practice) -> Terms:
    """It hangs up, or does not answer; the text was taken, or was not."""
    practice.texts.meets(
        Rule("TAKEN", HANG, FEW, times=1),
        Rule("TAKEN", FORGET, 0.05, times=1),
        Rule("TAKEN", DROP, 0.1, times=1),
    )
    return _sent(practice)


def _sent(practice: Practice) -> Terms:
    practice.plan(fields={"channel": Channel.SMS.value})
    practice.staff()
    practice.until_settled()
    return Terms(unclear=len({note.message_id for note in practice.texts.notes("cut")}))
