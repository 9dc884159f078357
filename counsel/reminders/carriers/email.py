"""Mail, by whichever backend Django is set up with."""

from __future__ import annotations

import re
import smtplib
from contextlib import suppress
from email.policy import Compat32
from typing import Any
from uuid import uuid4

from anymail.exceptions import AnymailError
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage, EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.validators import validate_email

from counsel.reminders import mailbox
from counsel.reminders.carriers import providers
from counsel.reminders.carriers.base import NoAddress, Refusal, Verdict
from counsel.reminders.dsn import ROW
from counsel.reminders.hosts import mail_host
from counsel.reminders.html_part import html_part
from counsel.reminders.models import Reminder
from counsel.reminders.registry import Message, Reach
from counsel.reminders.smtp import MaybeSent

# They speak of our own account (RFC 4954), so of every message alike.
_ACCOUNT_CODES = frozenset({530, 534, 535, 538})
_TOO_LARGE = 552
_HANGS_UP = 421
# With these, what breaks without an answer or a MaybeSent has surely not gone out.
_TELL_DOUBT = frozenset({"counsel.reminders.smtp.EmailBackend", mailbox.BACKEND})
# "5.7.1 relay access denied" is about us or the words, not about the address (RFC 3463).
# Of a header's line, which is folded at 78.
_SHORT = 76
_ONE_LINE = re.compile(r"[!-~](?:[ -~]*[!-~])?").fullmatch
_POLICY = re.compile(rb"5\.7\.")


class _Quick(Compat32):
    """Headers of one short line of ASCII, as most are, stay as they are without a closer look."""

    def fold_binary(self, name: str, value: Any) -> bytes:
        is_short = isinstance(value, str) and len(name) + len(value) < _SHORT
        if is_short and _ONE_LINE(value):
            return f"{name}: {value}{self.linesep}".encode("ascii")
        return super().fold_binary(name, value)


_QUICK = _Quick()


class _Mail(EmailMultiAlternatives):
    """Its message is built once: to see that it is well-formed, and to go over the wire."""

    _built: Any = None

    def message(self, **options: Any) -> Any:
        if self._built is None:
            self._built = super().message(**options)
            for part in self._built.walk():
                part.policy = _QUICK
                if part.is_multipart():
                    # Else all parts would be searched for it, to find one that is not in them.
                    part.set_boundary(uuid4().hex)
        return self._built


class EmailCarrier:
    def __init__(self) -> None:
        self._connection: BaseEmailBackend = get_connection()
        self._tells_doubt = settings.EMAIL_BACKEND in _TELL_DOUBT

    def open(self) -> None:
        try:
            self._connection.open()
        except Exception as error:
            self.close()
            verdict, code = judge_opening(error)
            raise Refusal(verdict, code, what=type(error).__name__) from error

    def pack(self, reminder: Reminder, reach: Reach, message: Message) -> EmailMessage:
        return compose(reminder, reach, message)

    def send(self, parcel: EmailMessage) -> None:
        self._name_it(parcel)
        try:
            number = self._connection.send_messages([parcel])
        except Exception as error:
            refusal = self._judged(error, parcel.to[0])
            if refusal.hung_up:
                self.close()
            raise refusal from error
        # Some backends say no in silence.
        if number == 0:
            raise Refusal(Verdict.LATER, what="unsent")
        providers.check(parcel)

    def _name_it(self, parcel: EmailMessage) -> None:
        """A service that knows this header takes one message no second time; others ignore it."""
        session = getattr(self._connection, "session", None)
        if session is not None:
            session.headers["Idempotency-Key"] = parcel.extra_headers["Message-ID"].strip("<>")

    def _judged(self, error: Exception, address: str) -> Refusal:
        if isinstance(error, AnymailError):
            return providers.judged(error, address)
        verdict, code = judge(error)
        # Whoever does not keep the two apart may have handed it over, whatever broke.
        if verdict is Verdict.LATER and not code and not self._tells_doubt:
            verdict = Verdict.CUT_OFF
        # The server has hung up, or is about to.
        return Refusal(
            verdict,
            code,
            what=type(error).__name__,
            address=address if verdict is Verdict.FINAL else "",
            hung_up=code in {0, _HANGS_UP},
        )

    def close(self) -> None:
        with suppress(Exception):
            self._connection.close()


def compose(reminder: Reminder, reach: Reach, message: Message) -> EmailMessage:
    """The mail, ready to go and known to be well-formed. Raises NoAddress."""
    try:
        validate_email(reach.address)
    except ValidationError as error:
        raise NoAddress from error
    mail = _Mail(
        message.subject,
        message.body,
        settings.DEFAULT_FROM_EMAIL,
        [reach.address],
        headers=_headers(reminder, message),
    )
    html = html_part(
        message.subject,
        message.body,
        language=reach.language,
        is_neutral=not reach.name,
        aside=message.stop_link,
    )
    mail.attach_alternative(html, "text/html")
    # By it a provider that tells what became of a mail says of which (see `..events`).
    mail.metadata = {ROW: reminder.pk.hex}  # type: ignore[attr-defined]
    for attachment in message.attachments:
        mail.attach(attachment.filename, attachment.content, attachment.mimetype)
    # Broken headers show here, before the row counts as handed over.
    mail.message()
    return mail


def _headers(reminder: Reminder, message: Message) -> dict[str, str]:
    headers = {"Message-ID": message_id(reminder), "Auto-Submitted": "auto-generated"}
    if message.stop_link:
        # The reader's mail program shows a button of its own for it (RFC 8058).
        headers["List-Unsubscribe"] = f"<{message.stop_link}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


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
