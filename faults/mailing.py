"""The mail server says no, says nothing, or hangs up."""

from __future__ import annotations

from collections.abc import Iterator

from faults.fault import Fault
from faults.orders import DROP, FORGET, HANG, TRICKLE, Rule
from faults.pace import Pace
from faults.practice import Practice
from faults.verdict import Terms

# Each of them costs a sender the whole time it waits for an answer.
FEW = 0.01
HURRIED = Pace(mail_timeout=2)


def faults() -> Iterator[Fault]:
    yield Fault("smtp-4xx", not_now)
    yield Fault("smtp-550", no_such_address)
    yield Fault("smtp-535", account_refused)
    yield Fault("smtp-gone", nobody_there)
    yield Fault("smtp-timeout", silent, pace=HURRIED)
    yield Fault("smtp-tarpit", trickling, pace=HURRIED)
    yield Fault("smtp-drop-before", cut_before)
    yield Fault("smtp-drop-after", cut_after, quick=True)


def not_now(practice: Practice) -> Terms:
    """421, 450, 451 at each step, for many of them more than once."""
    practice.mails.meets(
        Rule("MAIL", "421 4.3.2 closing", 0.02),
        Rule("RCPT", "450 4.2.1 busy", 0.2, times=2),
        Rule("DATA", "451 4.3.0 not now", 0.1, times=1),
    )
    return _sent(practice)


def no_such_address(practice: Practice) -> Terms:
    """550 for a fifth of the addresses."""
    practice.mails.meets(Rule("RCPT", "550 5.1.1 no such user", 0.2))
    _sent(practice)
    return Terms(fails=len({note.address for note in practice.mails.notes("refused")}))


def account_refused(practice: Practice) -> Terms:
    """535 for some ticks: our password does not hold; then it does."""
    practice.plan()
    practice.mails.meets(Rule("LOGIN", "535 who are you"))
    practice.staff(COUNSEL_MAIL_URL=f"smtp://us:secret@127.0.0.1:{practice.mails.port}")
    practice.watch(ticks=10)
    practice.mails.meets()
    practice.until_settled()
    return Terms()


def nobody_there(practice: Practice) -> Terms:
    """The mail server is gone for some ticks, in the middle of it."""
    practice.plan()
    practice.mails.takes_time(0.01)
    practice.staff()
    practice.until_taken(0.2)
    practice.mails.stop()
    practice.watch(ticks=5)
    practice.mails.start()
    practice.until_settled()
    # What each of those who send had on the way then.
    return Terms(unclear=practice.senders)


def silent(practice: Practice) -> Terms:
    """No answer, before or after the message."""
    practice.mails.meets(Rule("RCPT", HANG, FEW, times=1), Rule("TAKEN", HANG, FEW, times=1))
    return _sent(practice)


def trickling(practice: Practice) -> Terms:
    """An answer of one letter a second, without an end."""
    practice.mails.meets(Rule("TAKEN", TRICKLE, FEW, times=1))
    return _sent(practice)


def cut_before(practice: Practice) -> Terms:
    """The connection breaks after the message, and the mail is not taken."""
    practice.mails.meets(Rule("TAKEN", FORGET, 0.1, times=1))
    return _sent(practice)


def cut_after(practice: Practice) -> Terms:
    """The connection breaks after the mail was taken; for some of them the second time too."""
    practice.mails.meets(Rule("TAKEN", DROP, 0.02, times=2), Rule("TAKEN", DROP, 0.1, times=1))
    return _sent(practice)


def _sent(practice: Practice) -> Terms:
    practice.plan()
    practice.staff()
    practice.until_settled()
    return Terms(unclear=len({note.message_id for note in practice.mails.notes("cut")}))
