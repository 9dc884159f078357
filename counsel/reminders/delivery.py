"""From a kind's words to a mail, and from a mail server's answer to what it means for the row."""

from __future__ import annotations

import re
import smtplib
from enum import Enum, auto

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email

from counsel.reminders.hosts import mail_host
from counsel.reminders.models import Reminder
from counsel.reminders.registry import Message
from counsel.reminders.smtp import MaybeSent

# They speak of our own account (RFC 4954), so of every message alike.
_ACCOUNT_CODES = frozenset({530, 534, 535, 538})
_TOO_LARGE = 552
# "5.7.1 relay access denied" is about us or the words, not about the address (RFC 3463).
_POLICY = re.compile(rb"5\.7\.")


class NoAddress(Exception):
    """The kind gave no address a mail can go to."""


class Verdict(Enum):
    LATER = auto()
    FINAL = auto()
    CUT_OFF = auto()
    # Every message would meet the same: the whole queue waits, and somebody must look.
    STOP = auto()


def compose(reminder: Reminder, message: Message) -> EmailMessage:
    """The mail, ready to go and known to be well-formed. Raises NoAddress."""
    try:
        validate_email(message.to)
    except ValidationError as error:
        raise NoAddress from error
    mail = EmailMessage(
        message.subject,
        message.body,
        settings.DEFAULT_FROM_EMAIL,
        [message.to],
        headers={"Message-ID": message_id(reminder), "Auto-Submitted": "auto-generated"},
    )
    for attachment in message.attachments:
        mail.attach(attachment.filename, attachment.content, attachment.mimetype)
    # Broken headers show here, before the row counts as handed over.
    mail.message()
    return mail


def message_id(reminder: Reminder) -> str:
    """Always the same for one row, so that a mail sent twice shows as one to most readers."""
    return f"<{reminder.pk.hex}@{mail_host()}>"


def judge(error: Exception) -> tuple[Verdict, int]:
    """What a failed handing over means, and the server's code (0 without one).

    Never looks at a server's words beyond their code: they may repeat the address.
    """
    if isinstance(error, MaybeSent):
        return Verdict.CUT_OFF, 0
    code, words = _answer(error)
    if code in _ACCOUNT_CODES:
        return Verdict.STOP, code
    if isinstance(error, smtplib.SMTPSenderRefused) and code >= 500 and code != _TOO_LARGE:
        return Verdict.STOP, code
    if code >= 500 and not _POLICY.match(words):
        return Verdict.FINAL, code
    return Verdict.LATER, code


def judge_opening(error: Exception) -> tuple[Verdict, int]:
    """What it means that there is no connection: LATER for all, or STOP."""
    code, _words = _answer(error)
    refused = isinstance(error, smtplib.SMTPNotSupportedError) or code in _ACCOUNT_CODES
    return (Verdict.STOP if refused else Verdict.LATER), code


def _answer(error: Exception) -> tuple[int, bytes]:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return next(iter(error.recipients.values()))
    if isinstance(error, smtplib.SMTPResponseException):
        words = error.smtp_error
        return error.smtp_code, words.encode() if isinstance(words, str) else words
    return 0, b""
